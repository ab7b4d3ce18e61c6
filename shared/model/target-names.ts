import type { Position } from './position';

/**
 * Names of documents in the target account. Numbers are padded, so that names ascend as positions do; docs/replication-protocol.md
 * lists them all.
 */
export function replicaPrefix(replicaId: string): string {
  return `replicas/${replicaId}/`;
}

/** Of each replica: its owner and policy. */
export function descriptorName(replicaId: string): string {
  return `${replicaPrefix(replicaId)}descriptor`;
}

export function epochPrefix(replicaId: string): string {
  return `${replicaPrefix(replicaId)}epochs/`;
}

export function epochName(replicaId: string, epoch: number): string {
  return `${epochPrefix(replicaId)}${paddedEpoch(epoch)}`;
}

export const pointPrefix = 'points/';

export function pointName(pointId: string): string {
  return `${pointPrefix}${pointId}`;
}

export function pointerPrefix(replicaId: string, epoch?: number): string {
  return `${replicaPrefix(replicaId)}points/${epoch === undefined ? '' : `${paddedEpoch(epoch)}/`}`;
}

/** Leads from a replica to a point that may hold it. */
export function pointerName(replicaId: string, position: Position, pointId: string): string {
  return `${pointerPrefix(replicaId, position.epoch)}${paddedSequence(position.sequence)}.${pointId}`;
}

export interface Pointer {
  readonly position: Position;
  readonly pointId: string;
}

export function parsePointerName(name: string): Pointer | undefined {
  const match = /\/points\/(\d{5})\/(\d{11})\.([0-9a-f-]{36})$/.exec(name);
  if (match === null) return undefined;
  const [, epoch = '', sequence = '', pointId = ''] = match;
  return { position: { epoch: Number(epoch), sequence: Number(sequence) }, pointId };
}

export function anchorName(replicaId: string): string {
  return `${replicaPrefix(replicaId)}anchor`;
}

export function quarantineName(replicaId: string, { epoch, sequence }: Position): string {
  return `${replicaPrefix(replicaId)}quarantine/${paddedEpoch(epoch)}/${paddedSequence(sequence)}`;
}

export function journalPrefix(replicaId: string, epoch?: number): string {
  return `${replicaPrefix(replicaId)}journal/${epoch === undefined ? '' : `${paddedEpoch(epoch)}/`}`;
}

/** The time is part of the name, so that a moment is found by listing alone. */
export function journalName(replicaId: string, { position, timeInMs }: JournalledLog): string {
  return `${journalPrefix(replicaId, position.epoch)}${paddedSequence(position.sequence)}.${timeInMs}`;
}

export interface JournalledLog {
  readonly position: Position;
  /** The time of the log's last write, by the clock of the source. */
  readonly timeInMs: number;
}

export function parseJournalName(name: string): JournalledLog | undefined {
  const match = /\/journal\/(\d{5})\/(\d{11})\.(\d+)$/.exec(name);
  if (match === null) return undefined;
  const [, epoch, sequence, timeInMs] = match.map(Number);
  return { position: { epoch: epoch ?? 0, sequence: sequence ?? 0 }, timeInMs: timeInMs ?? 0 };
}

export function digestMapPrefix(replicaId: string): string {
  return `${replicaPrefix(replicaId)}digests/`;
}

export function digestMapName(replicaId: string, epoch: number, segment: number): string {
  return `${digestMapPrefix(replicaId)}${paddedEpoch(epoch)}/${String(segment).padStart(6, '0')}`;
}

function paddedEpoch(epoch: number): string {
  return String(epoch).padStart(5, '0');
}

function paddedSequence(sequence: number): string {
  return String(sequence).padStart(11, '0');
}
