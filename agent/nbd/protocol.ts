/**
 * The numbers of the NBD protocol: fixed newstyle handshake, simple and structured replies.
 * All integers on the wire are big endian.
 */
export const magic = {
  greeting: 0x4e42444d41474943n,
  option: 0x49484156454f5054n,
  optionReply: 0x3e889045565a9n,
  request: 0x25609513,
  simpleReply: 0x67446698,
  structuredReply: 0x668e33ef,
} as const;

export const handshakeFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;
export const clientFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const option = {
  exportName: 1,
  abort: 2,
  list: 3,
  info: 6,
  go: 7,
  structuredReply: 8,
} as const;

export const optionReply = {
  ack: 1,
  server: 2,
  info: 3,
  unsupported: 0x80000001,
  invalid: 0x80000003,
  unknownExport: 0x80000006,
  tooBig: 0x80000009,
} as const;

export const info = { export: 0, name: 1, blockSize: 3 } as const;

export const transmissionFlag = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  sendFlush: 1 << 2,
  sendFua: 1 << 3,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
  canMultiConnect: 1 << 8,
} as const;

export const command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6 } as const;

export const commandFlag = { fua: 1 << 0, noHole: 1 << 1 } as const;

export const structuredReplyType = { none: 0, offsetData: 1, error: 32769 } as const;
export const structuredReplyDone = 1;

/** What a client may be told went wrong: the numbers are those of Linux. */
export const errorNumber = {
  EPERM: 1,
  EIO: 5,
  EINVAL: 22,
  ENOSPC: 28,
  ENOTSUP: 95,
  ESHUTDOWN: 108,
} as const;
export type ErrorNumber = (typeof errorNumber)[keyof typeof errorNumber];

/** The smallest unit, the one to prefer, and the most that one request may carry. */
export const blockSizes = { minimum: 512, preferred: 4096, payloadLimit: 32 * 1024 * 1024 } as const;

/** The longest export name and option that the server listens to. */
export const optionLimitBytes = 4096 + 64;
