import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isRefusal } from '../../errors';
import { partitionOf } from '../../model/resource-id';
import type { Records } from '../../ports/records';

/** One change that somebody made, chained to the one before: altering or dropping any breaks the chain after it. */
const AuditRecord = z.object({
  number: z.int(),
  timeInMs: z.number(),
  callerId: z.string(),
  callerName: z.string(),
  operation: z.string(),
  resourceId: z.string(),
  status: z.number(),
  jobId: z.string().optional(),
  previousDigest: z.string(),
  digest: z.string(),
});
type AuditRecord = z.infer<typeof AuditRecord>;

export type Audited = Omit<AuditRecord, 'number' | 'previousDigest' | 'digest'>;

/** The changes made in each vault, in order. */
export interface AuditTrail {
  append(vaultId: string, change: Audited): Promise<void>;
  /** The number of the first record that is not what it was, or is missing; undefined when the chain holds. */
  verify(vaultId: string): Promise<number | undefined>;
}

interface Head {
  readonly number: number;
  readonly digest: string;
}

const start: Head = { number: 0, digest: ''.padStart(64, '0') };
const auditType = 'auditRecords';

export function auditTrail(records: Records): AuditTrail {
  const heads = new Map<string, Head>();
  const queues = new Map<string, Promise<void>>();

  async function write(vaultId: string, change: Audited): Promise<void> {
    const partition = partitionOf(vaultId, auditType);
    for (;;) {
      const head = heads.get(partition) ?? (await lastOf(records, partition));
      const record = chained(head, change);
      try {
        await records.create({ partition, id: idOf(record.number) }, asResource(vaultId, record));
        heads.set(partition, { number: record.number, digest: record.digest });
        return;
      } catch (error) {
        if (!isRefusal(error, 'Conflict')) throw error;
        // Another process was faster: its record is the head now.
        heads.delete(partition);
      }
    }
  }

  return {
    append: (vaultId, change) => {
      const key = vaultId.toLowerCase();
      const next = (queues.get(key) ?? Promise.resolve()).then(() => write(vaultId, change));
      const settled = next.catch(() => undefined);
      queues.set(key, settled);
      void settled.then(() => {
        if (queues.get(key) === settled) queues.delete(key);
      });
      return next;
    },
    verify: (vaultId) => firstBroken(records, partitionOf(vaultId, auditType)),
  };
}

function chained(head: Head, change: Audited): AuditRecord {
  const record = { ...change, number: head.number + 1, previousDigest: head.digest };
  return { ...record, digest: digestOf(record) };
}

function digestOf(record: Omit<AuditRecord, 'digest'>): string {
  const ordered = Object.fromEntries(
    Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex');
}

async function lastOf(records: Records, partition: string): Promise<Head> {
  const [last] = (await records.list(partition, { descending: true, limit: 1 })).records;
  return last === undefined ? start : Stored.parse(last.body).properties;
}

async function firstBroken(records: Records, partition: string): Promise<number | undefined> {
  let head = start;
  for (
    let continuation: string | undefined, first = true;
    first || continuation !== undefined;
    first = false
  ) {
    const page = await records.list(partition, {
      limit: 500,
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (const { body } of page.records) {
      const parsed = Stored.safeParse(body);
      if (!parsed.success) return head.number + 1;
      const { digest, ...record } = parsed.data.properties;
      const fits = record.number === head.number + 1 && record.previousDigest === head.digest;
      if (!fits || digest !== digestOf(record)) return head.number + 1;
      head = { number: record.number, digest };
    }
    continuation = page.continuation;
  }
  return undefined;
}

const Stored = z.looseObject({ properties: AuditRecord });

function asResource(vaultId: string, record: AuditRecord): object {
  return {
    id: `${vaultId}/${auditType}/${idOf(record.number)}`,
    name: idOf(record.number),
    type: `Microsoft.RecoveryServices/vaults/${auditType}`,
    properties: record,
  };
}

function idOf(number: number): string {
  return String(number).padStart(12, '0');
}
