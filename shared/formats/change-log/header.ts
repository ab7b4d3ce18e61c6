import { assert } from '../../assert';
import { LifeboatError } from '../../errors';
import type { LogHeader } from '../../model/change-log';
import { sectorBytes } from '../../model/extent';
import { epochLimit, sequenceLimit } from '../../model/position';
import { identityFromBytes, identityToBytes } from './identity';
import { formatVersion, headerBytes, magic, memberLimit, sortedFlag } from './layout';
import { markerSizeBytes } from './marker';
import { expectChecksum, expectZeros, readUnsigned64, sealWithChecksum, writeUnsigned64 } from './numbers';

/** What the fixed part of a log says; the marker, if any, follows it. */
export interface FixedHeader {
  readonly header: Omit<LogHeader, 'marker'>;
  readonly isSorted: boolean;
  /** 0 when the log carries no marker. */
  readonly markerBytes: number;
}

export function encodeHeader({ header, isSorted, markerBytes }: FixedHeader): Buffer {
  assert(/^[0-9a-f]{64}$/.test(header.previousDigest), 'the previous digest is not a SHA-256');
  const fault = faultOf(header);
  if (fault !== undefined) throw fault;
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic.header, 0, 'latin1');
  bytes.writeUInt16LE(formatVersion, 8);
  bytes.writeUInt16LE(isSorted ? sortedFlag : 0, 10);
  bytes.writeUInt32LE(markerBytes, 12);
  identityToBytes(header.replicaId).copy(bytes, 16);
  writeUnsigned64(bytes, header.epoch, 32);
  writeUnsigned64(bytes, header.sequence, 40);
  bytes.write(header.previousDigest, 48, 'hex');
  writeUnsigned64(bytes, header.diskSizeBytes, 80);
  writeUnsigned64(bytes, header.firstWriteTimeInMs, 88);
  writeUnsigned64(bytes, header.lastWriteTimeInMs, 96);
  return sealWithChecksum(bytes);
}

export function decodeHeader(bytes: Buffer): FixedHeader {
  if (bytes.toString('latin1', 0, 8) !== magic.header || bytes.readUInt16LE(8) !== formatVersion) {
    throw new LifeboatError('LogUnknownVersion', 'The file does not begin as a change log of version 1.');
  }
  expectChecksum(bytes, 'header');
  expectZeros(bytes.subarray(104, 124), 'header');
  const flags = bytes.readUInt16LE(10);
  if (flags > sortedFlag) {
    throw new LifeboatError('LogUnknownVersion', `The header of the change log has unknown flags, ${flags}.`);
  }
  const header = {
    replicaId: identityFromBytes(bytes.subarray(16, 32)),
    epoch: readUnsigned64(bytes, 32),
    sequence: readUnsigned64(bytes, 40),
    previousDigest: bytes.toString('hex', 48, 80),
    diskSizeBytes: readUnsigned64(bytes, 80),
    firstWriteTimeInMs: readUnsigned64(bytes, 88),
    lastWriteTimeInMs: readUnsigned64(bytes, 96),
  };
  const markerBytes = bytes.readUInt32LE(12);
  const fault = faultOf(header) ?? markerFault(markerBytes);
  if (fault !== undefined) throw fault;
  return { header, isSorted: flags === sortedFlag, markerBytes };
}

function faultOf(header: FixedHeader['header']): LifeboatError | undefined {
  const { epoch, sequence, diskSizeBytes } = header;
  if (epoch < 1 || epoch > epochLimit || sequence < 1 || sequence >= sequenceLimit) {
    return new LifeboatError('LogCorrupt', `The position ${epoch}/${sequence} is not one a log can have.`);
  }
  if (diskSizeBytes % sectorBytes !== 0) {
    return new LifeboatError('LogUnaligned', `A disk of ${diskSizeBytes} bytes is not whole sectors.`);
  }
  if (header.firstWriteTimeInMs > header.lastWriteTimeInMs) {
    return new LifeboatError('LogCorrupt', 'The first write of the change log is later than its last.');
  }
  return undefined;
}

function markerFault(markerBytes: number): LifeboatError | undefined {
  if (markerBytes > markerSizeBytes(memberLimit)) {
    return new LifeboatError('LogOversized', `The marker claims ${markerBytes} bytes.`);
  }
  if (markerBytes > 0 && markerBytes < markerSizeBytes(1)) {
    return new LifeboatError('LogCorrupt', `The marker claims only ${markerBytes} bytes.`);
  }
  return undefined;
}
