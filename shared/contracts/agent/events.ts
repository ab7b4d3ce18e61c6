import { z } from 'zod';
import { StatusReport } from './report';
import { RingDoorbells } from './transfer';

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().max(500),
};

/** "These disks have news", as a CloudEvent. */
export const DoorbellEvent = z.looseObject({
  ...envelope,
  type: z.literal('lifeboat.agent.doorbell'),
  data: RingDoorbells,
});

/** A status report, as a CloudEvent. Taken over the signed call only. */
export const StatusEvent = z.looseObject({
  ...envelope,
  type: z.literal('lifeboat.agent.status'),
  data: StatusReport,
});

/** What agents may send as events. */
export const AgentEvent = z.discriminatedUnion('type', [DoorbellEvent, StatusEvent]);
export type AgentEvent = z.infer<typeof AgentEvent>;
