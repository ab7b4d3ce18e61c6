import { z } from 'zod';
import { HealthError } from './resource';

/** Something that happened, for people: the API's replication events. */
export const ReplicationEvent = z.looseObject({
  eventType: z.enum(['VmHealth', 'ServerHealth', 'AgentHealth', 'JobStatus']),
  eventCode: z.string(),
  severity: z.enum(['OK', 'Warning', 'Critical', 'Unknown']),
  description: z.string(),
  timeInMs: z.number(),
  affectedObjectFriendlyName: z.string(),
  affectedObjectId: z.string().optional(),
  fabricId: z.string().optional(),
  healthErrors: z.array(HealthError).default([]),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ReplicationEvent = z.infer<typeof ReplicationEvent>;
