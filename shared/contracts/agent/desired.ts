import { z } from 'zod';
import { SiteAddress } from './site';

/**
 * What the service wants of one replica's stream. `copy`: the whole disk, then its changes. `resync`: the blocks whose
 * digests differ, then changes. `continue`: blocks the agent knows it missed, then changes. `stop`: nothing; forget it.
 * `readOnly`: the machine was failed over; refuse guest writes and send nothing.
 */
export const DesiredMode = z.enum(['copy', 'resync', 'continue', 'stop', 'readOnly']);
export type DesiredMode = z.infer<typeof DesiredMode>;

export const DesiredReplica = z.object({
  replicaId: z.uuid(),
  machineId: z.string(),
  diskId: z.string(),
  mode: DesiredMode,
  epoch: z.int().min(1).max(65_535),
  /** Where the epoch's chain starts: the digest of its record, lower-case hex. */
  chainHead: z.string().regex(/^[0-9a-f]{64}$/),
  /** False while another disk of the machine has its turn to be copied; changes are captured all the same. */
  mayCopy: z.boolean(),
});
export type DesiredReplica = z.infer<typeof DesiredReplica>;

/** One machine, or group of machines, whose disks cut their markers together. */
export const DesiredMarkers = z.object({
  /** The replica ids of every disk that must hold a marker, sorted. */
  members: z.array(z.uuid()).min(1),
  crashIntervalInMs: z.int().positive(),
  /** Absent: no application-consistent markers. */
  appIntervalInMs: z.int().positive().optional(),
  /** For a group of several agents: who coordinates, and whom to let in. */
  group: z
    .object({
      groupId: z.uuid(),
      coordinator: z.string(),
      port: z.int(),
      members: z.array(z.object({ agentId: z.uuid(), publicKey: z.string() })),
    })
    .optional(),
  /** Raised by the service to have a marker cut at once: a marker for each new number. */
  cutNow: z.int().nonnegative(),
});
export type DesiredMarkers = z.infer<typeof DesiredMarkers>;

/** One piece of work with an outcome. It stays wanted until its result was reported, so a lost command cannot exist. */
export const DesiredTask = z.object({
  taskId: z.string(),
  kind: z.enum([
    'shutDownMachine',
    'startMachine',
    'createMachine',
    'deleteMachine',
    'runScript',
    'sealRemaining',
    'openRecoveryPoint',
    'discover',
    'keepReplica',
  ]),
  parameters: z.record(z.string(), z.unknown()),
});
export type DesiredTask = z.infer<typeof DesiredTask>;

/** Everything the service wants of one agent. Level-triggered: the agent makes it so, as often as it reads it. */
export const DesiredState = z.object({
  serviceTimeInMs: z.int(),
  statusIntervalInMs: z.int().positive(),
  replicas: z.array(DesiredReplica),
  markers: z.array(DesiredMarkers),
  tasks: z.array(DesiredTask),
  /** The process server of the site that the agent sends its change logs to; absent: to where its grants lead. */
  processServer: SiteAddress.optional(),
  /** Bytes per second the agent may upload; absent means all it can. */
  uploadLimit: z.int().positive().optional(),
});
export type DesiredState = z.infer<typeof DesiredState>;
