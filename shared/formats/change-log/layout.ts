/**
 * Sizes and limits of the change log format, version 1. All numbers are little endian. docs/formats/change-log.md
 * draws every byte.
 */
export const magic = { header: 'LBCLOG1\0', marker: 'MRK1', frame: 'FRM1', trailer: 'LBEND1\0\0' } as const;

export const formatVersion = 1;

export const headerBytes = 128;
export const markerHeadBytes = 56;
export const frameHeaderBytes = 32;
export const recordBytes = 12;
export const trailerBytes = 64;
export const identityBytes = 16;
export const checksumBytes = 4;

export const frameDataLimitBytes = 256 * 1024;
export const frameRecordLimit = 4096;
export const frameLimit = 16_384;
export const logDataLimitBytes = 256 * 1024 * 1024;
/** Writes that are not sorted have to be folded in memory, so a log may hold fewer of them. */
export const unsortedDataLimitBytes = 16 * 1024 * 1024;
export const unsortedRecordLimit = 65_536;
export const memberLimit = 4096;

/** A block of LZ4 cannot stand for more than this many times its own size. */
export const bestCompression = 255;

export const codecs = { none: 0, lz4: 1 } as const;
export type Codec = keyof typeof codecs;

export const recordKinds = { data: 1, zero: 2 } as const;
export const markerKinds = { crash: 1, app: 2 } as const;

/** Header flag: extents ascend and do not overlap, so that nothing has to be folded before it is applied. */
export const sortedFlag = 1;
