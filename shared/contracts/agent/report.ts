import { z } from 'zod';
import { KeptReplica, SiteAddresses } from './site';

/** A machine's own name for a thing of its own: stable, but not ours. */
const nativeId = z.string().min(1).max(300);
const sizeBytes = z.int().positive().multipleOf(512);

export const ReportedDisk = z.strictObject({
  diskId: nativeId,
  name: z.string().max(200),
  sizeBytes,
  isBootDisk: z.boolean(),
});
export type ReportedDisk = z.infer<typeof ReportedDisk>;

export const ReportedNic = z.strictObject({
  nicId: nativeId,
  networkId: nativeId.optional(),
  subnet: z.string().max(200).optional(),
  macAddress: z.string().max(20).optional(),
  addresses: z.array(z.string().max(45)).max(64),
});
export type ReportedNic = z.infer<typeof ReportedNic>;

/** Where the members of a group call its coordinator, if not told otherwise. */
export const groupPort = 20_004;

/** Where other agents reach one that coordinates a group of machines. */
export const GroupEndpoint = z.strictObject({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
});
export type GroupEndpoint = z.infer<typeof GroupEndpoint>;

/** A machine that an agent runs on, hosts, or has discovered. */
export const ReportedMachine = z.strictObject({
  machineId: nativeId,
  name: z.string().min(1).max(200),
  osType: z.enum(['Windows', 'Linux', 'Other']),
  powerState: z.enum(['running', 'stopped', 'unknown']),
  generation: z.enum(['1', '2']).default('1'),
  memoryBytes: z.int().positive().optional(),
  processorCount: z.int().positive().optional(),
  /** No hypervisor holds it: it can be recovered from, not to. */
  isPhysical: z.boolean().optional(),
  /** Whoever reports it runs it, or knows of it; its disks are another agent's to read. */
  isHosted: z.boolean().optional(),
  disks: z.array(ReportedDisk).max(64),
  nics: z.array(ReportedNic).max(32),
  /** If not at the first address of its first card, on `groupPort`. */
  groupEndpoint: GroupEndpoint.optional(),
});
export type ReportedMachine = z.infer<typeof ReportedMachine>;

export const ReportedNetwork = z.strictObject({
  networkId: nativeId,
  name: z.string().max(200),
  subnets: z
    .array(z.strictObject({ name: z.string().max(200), prefixes: z.array(z.string().max(50)) }))
    .max(100),
  /** Of a VMM server's network: the logical network of its cloud that it is linked to, if it is. */
  logicalNetwork: z.strictObject({ networkId: nativeId, name: z.string().max(200) }).optional(),
});
export type ReportedNetwork = z.infer<typeof ReportedNetwork>;

/** What an agent says of one replica it feeds. Positions are (epoch, sequence) within the stream it sends. */
export const ReplicaReport = z.strictObject({
  replicaId: z.uuid(),
  epoch: z.int().min(1).max(65_535),
  /** The highest sequence sealed, and the highest the cache acknowledged. */
  sealed: z.int().nonnegative(),
  uploaded: z.int().nonnegative(),
  diskSizeBytes: sizeBytes,
  /** Of the epoch's copying or comparing: bytes done, bytes in all. Equal when nothing is left. */
  copiedBytes: z.int().nonnegative(),
  toCopyBytes: z.int().nonnegative(),
  /** Bytes waiting in the spool, and bytes the guest has written since the last report. */
  spooledBytes: z.int().nonnegative(),
  churnBytes: z.int().nonnegative(),
  state: z.enum([
    'idle',
    'copying',
    'replicating',
    'resyncing',
    'bitmapOnly',
    'readOnly',
    'stopped',
    'failed',
  ]),
  /** A named problem that a person must know of: see docs/errors.md for health codes. */
  problem: z.strictObject({ code: z.string().max(60), message: z.string().max(500) }).optional(),
});
export type ReplicaReport = z.infer<typeof ReplicaReport>;

/** How a task that the service asked for ended. */
export const TaskResult = z.strictObject({
  taskId: z.string().min(1).max(100),
  outcome: z.enum(['succeeded', 'failed']),
  message: z.string().max(2000).optional(),
  output: z.record(z.string(), z.unknown()).optional(),
});
export type TaskResult = z.infer<typeof TaskResult>;

/** A heartbeat with everything the agent knows. The whole state each time: a lost report is harmless. */
export const StatusReport = z.strictObject({
  version: z.string().max(40),
  roles: z.array(z.enum(['mobility', 'provider', 'processServer', 'masterTarget'])).min(1),
  machines: z.array(ReportedMachine).max(5000).default([]),
  networks: z.array(ReportedNetwork).max(500).default([]),
  replicas: z.array(ReplicaReport).max(1000).default([]),
  taskResults: z.array(TaskResult).max(100).default([]),
  /** Of a master target: the replicas on its own disks. */
  keeps: z.array(KeptReplica).max(1000).default([]),
  /** Of a process server or master target: where it takes change logs in. */
  listens: SiteAddresses.optional(),
});
export type StatusReport = z.infer<typeof StatusReport>;

const position = z.object({ epoch: z.int(), sequence: z.int() });

/** What the service knows of the replicas it was told of. */
export const StatusAnswer = z.object({
  serviceTimeInMs: z.int(),
  replicas: z.array(
    z.object({
      replicaId: z.uuid(),
      /** Below this the agent may free its own copies. */
      durable: position,
      applied: position,
      /** The upload the service misses: send exactly this, whatever was sent before. */
      wants: z.object({ sequence: z.int(), attempt: z.int() }).nullable(),
      /** True while the cache is over the replica's quota: spool, do not upload. */
      cacheFull: z.boolean(),
    }),
  ),
});
export type StatusAnswer = z.infer<typeof StatusAnswer>;
