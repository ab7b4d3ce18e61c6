import { z } from 'zod';
import { BootVerdict } from '../compute/target-machine';
import { RecoveredMoment } from '../catalogue/recovery';
import { StoredPosition } from '../replication/point-manifest';

/** One disk, as its source sealed it and as the target got it. */
export const EvidenceDisk = z.strictObject({
  name: z.string(),
  replicaId: z.uuid(),
  sizeBytes: z.number(),
  position: StoredPosition.nullable(),
  /** The digest of the source's log at the marker: everything its stream held up to there hangs on it. */
  sourceChainHead: z.string().nullable(),
  /** SHA-256 of all bytes of the disk that the machine was made from. */
  targetSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a test or a failover has proved. Every field is covered by the signature. */
export const EvidenceReport = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['test', 'planned', 'unplanned']),
  vaultId: z.string(),
  itemId: z.string(),
  machine: z.string(),
  scenario: z.string(),
  jobId: z.string(),
  requestedBy: z.string(),
  reason: z.string(),
  point: z.strictObject({
    moment: RecoveredMoment,
    cutTimeInMs: z.number().nullable(),
    /** Time between the newest state that is surely in the point and the request. Null where a past point was asked for. */
    rpoInMs: z.number().nullable(),
  }),
  disks: z.array(EvidenceDisk),
  /** From the request to the machine's start, and to its boot where that was seen. */
  rtoInMs: z.number(),
  requestedAtInMs: z.number(),
  endedAtInMs: z.number(),
  tasks: z.array(
    z.strictObject({
      name: z.string(),
      state: z.string(),
      startTimeInMs: z.number().nullable(),
      endTimeInMs: z.number().nullable(),
    }),
  ),
  source: z.enum(['running', 'stopped', 'abandoned']),
  target: z.strictObject({
    machineId: z.string(),
    name: z.string(),
    boot: BootVerdict,
    consoleTail: z.string(),
  }),
  remarks: z.array(z.string()),
});
export type EvidenceReport = z.infer<typeof EvidenceReport>;

/** A report with its signature over the canonical form of the report: keys sorted, no space. */
export const SignedEvidence = z.strictObject({
  report: EvidenceReport,
  signature: z.strictObject({
    algorithm: z.literal('Ed25519'),
    /** The raw 32 bytes, base64url: compare it with the key that the installation publishes. */
    publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    value: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
  }),
});
export type SignedEvidence = z.infer<typeof SignedEvidence>;
