import { createHash } from 'node:crypto';
import { EpochRecord } from '../../contracts/replication/epoch-record';
import { epochName, epochPrefix } from '../../model/target-names';
import type { TargetDocuments } from '../../ports/target-documents';

export async function readEpoch(
  documents: TargetDocuments,
  replicaId: string,
  epoch: number,
): Promise<EpochRecord | undefined> {
  const document = await documents.get(epochName(replicaId, epoch));
  return document === undefined ? undefined : EpochRecord.parse(document.body);
}

/** The record with the highest number, whether or not its epoch ever began. */
export async function newestEpoch(
  documents: TargetDocuments,
  replicaId: string,
): Promise<EpochRecord | undefined> {
  let newest: string | undefined;
  for await (const name of documents.list(epochPrefix(replicaId))) newest = name;
  if (newest === undefined) return undefined;
  const document = await documents.get(newest);
  return document === undefined ? undefined : EpochRecord.parse(document.body);
}

/** The start of the epoch's chain: SHA-256 of the record's values as a JSON array, in the order the contract names them. */
export function digestOfEpoch(record: EpochRecord): string {
  const values = [
    record.version,
    record.replicaId,
    record.epoch,
    record.kind,
    record.reason,
    record.job,
    record.nonce,
    record.baseNumber,
    record.baseEtag,
    record.baseChainHead,
    record.createdAtMs,
  ];
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
