import { sequenceLimit } from './position';

/** Enough digits for every sequence number, so that names sort as numbers do. */
const sequenceDigits = String(sequenceLimit).length;

/** The container that an epoch's change logs land in. */
export function logContainerName(replicaId: string, epoch: number): string {
  return `${logContainerPrefix(replicaId)}${epoch}`;
}

/** What the names of all containers of a replica begin with; of all replicas, when none is named. */
export function logContainerPrefix(replicaId?: string): string {
  return replicaId === undefined ? 'logs-' : `logs-${replicaId}-`;
}

/** The replica and epoch whose container this is, if it is one. */
export function parseLogContainerName(name: string): { replicaId: string; epoch: number } | undefined {
  const [, replicaId, epoch] = /^logs-([0-9a-f-]{36})-([1-9]\d{0,4})$/.exec(name) ?? [];
  return replicaId === undefined ? undefined : { replicaId, epoch: Number(epoch) };
}

/** The blob that a log is put at; re-sends carry their attempt. */
export function logBlobName(sequence: number, attempt: number): string {
  const digits = String(sequence).padStart(sequenceDigits, '0');
  return attempt === 0 ? digits : `${digits}.${attempt}`;
}

/** The sequence and attempt that a blob is named for, if it is the name of a log. */
export function parseLogBlobName(name: string): { sequence: number; attempt: number } | undefined {
  const [, sequence, attempt = '0'] = /^(\d{11})(?:\.([1-9]\d{0,8}))?$/.exec(name) ?? [];
  return sequence === undefined ? undefined : { sequence: Number(sequence), attempt: Number(attempt) };
}
