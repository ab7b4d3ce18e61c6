import { assert } from '../../assert';
import { LifeboatError } from '../../errors';
import type { Marker, MarkerKind } from '../../model/change-log';
import { identityFromBytes, identityToBytes } from './identity';
import { checksumBytes, identityBytes, magic, markerHeadBytes, markerKinds, memberLimit } from './layout';
import { expectChecksum, expectZeros, readUnsigned64, sealWithChecksum, writeUnsigned64 } from './numbers';

/** How many bytes a marker of this many members takes. */
export function markerSizeBytes(memberCount: number): number {
  return markerHeadBytes + memberCount * identityBytes + checksumBytes;
}

export function encodeMarker(marker: Marker): Buffer {
  const { members } = marker;
  assert(members.length > 0 && members.length <= memberLimit, `a marker of ${members.length} members`);
  assert(ascends(members), 'the members of a marker must be sorted and named once');
  const bytes = Buffer.alloc(markerSizeBytes(members.length));
  bytes.write(magic.marker, 0, 'latin1');
  bytes.writeUInt16LE(markerKinds[marker.kind], 4);
  bytes.writeUInt16LE(members.length, 6);
  identityToBytes(marker.id).copy(bytes, 8);
  writeUnsigned64(bytes, marker.seenServiceTimeInMs, 24);
  writeUnsigned64(bytes, marker.cutTimeInMs, 32);
  members.forEach((member, index) => {
    identityToBytes(member).copy(bytes, markerHeadBytes + index * identityBytes);
  });
  return sealWithChecksum(bytes);
}

export function decodeMarker(bytes: Buffer): Marker {
  expectChecksum(bytes, 'marker');
  if (bytes.toString('latin1', 0, 4) !== magic.marker) {
    throw new LifeboatError('LogUnknownVersion', 'The marker of the change log is of an unknown version.');
  }
  expectZeros(bytes.subarray(40, markerHeadBytes), 'marker');
  const memberCount = bytes.readUInt16LE(6);
  if (memberCount === 0 || markerSizeBytes(memberCount) !== bytes.length) {
    throw new LifeboatError(
      'LogCorrupt',
      `The marker claims ${memberCount} members in ${bytes.length} bytes.`,
    );
  }
  const members = Array.from({ length: memberCount }, (_, index) =>
    identityAt(bytes, markerHeadBytes + index * identityBytes),
  );
  if (!ascends(members)) {
    throw new LifeboatError('LogCorrupt', 'The members of the marker are not sorted, or named twice.');
  }
  return {
    id: identityAt(bytes, 8),
    kind: kindOf(bytes.readUInt16LE(4)),
    members,
    seenServiceTimeInMs: readUnsigned64(bytes, 24),
    cutTimeInMs: readUnsigned64(bytes, 32),
  };
}

function kindOf(code: number): MarkerKind {
  if (code === markerKinds.crash) return 'crash';
  if (code === markerKinds.app) return 'app';
  throw new LifeboatError('LogUnknownVersion', `The marker is of an unknown kind, ${code}.`);
}

function identityAt(bytes: Buffer, offsetBytes: number): string {
  return identityFromBytes(bytes.subarray(offsetBytes, offsetBytes + identityBytes));
}

function ascends(members: readonly string[]): boolean {
  return members.every((member, index) => index === 0 || (members[index - 1] ?? '') < member);
}
