/** The numbers of the NBD protocol that are used: fixed newstyle handshake, simple replies. */
export const magic = {
  greeting: 0x4e42444d41474943n,
  option: 0x49484156454f5054n,
  optionReply: 0x3e889045565a9n,
  request: 0x25609513,
  reply: 0x67446698,
} as const;

export const option = { exportName: 1, abort: 2, info: 6, go: 7 } as const;
export const optionReply = {
  ack: 1,
  info: 3,
  unsupported: 0x80000001,
  invalid: 0x80000003,
  unknown: 0x80000006,
} as const;
export const command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 } as const;
export const forceUnitAccess = 1;
/** Has flags; flush, force-unit-access, trim and write-zeroes are served. */
export const abilities = 0b1101101;
export const errorNumber = { EIO: 5 } as const;
export const payloadLimitBytes = 32 * 1024 * 1024;
