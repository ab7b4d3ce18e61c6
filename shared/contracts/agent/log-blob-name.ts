import { assert } from '../../assert';

/** The name of a change log in its epoch's container: 11 digits, and `.k` for the k-th re-send. */
export function logBlobName(sequence: number, attempt: number): string {
  assert(Number.isInteger(sequence) && sequence > 0, `sequence ${sequence} cannot be a log`);
  const name = String(sequence).padStart(11, '0');
  return attempt === 0 ? name : `${name}.${attempt}`;
}

/** What a blob's name says, or undefined if it is not a change log's. */
export function parseLogBlobName(name: string): { sequence: number; attempt: number } | undefined {
  const match = /^(\d{11})(?:\.([1-9]\d{0,3}))?$/.exec(name);
  if (match === null) return undefined;
  return { sequence: Number(match[1]), attempt: Number(match[2] ?? 0) };
}

/** The cache container of one epoch of one replica. */
export function epochContainerName(replicaId: string, epoch: number): string {
  return `${replicaId.replaceAll('-', '')}-${String(epoch).padStart(5, '0')}`;
}
