import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReplicaReport } from '../../shared/contracts/agent/report';
import type { Clock } from '../../shared/ports/clock';
import type { Log } from '../../shared/ports/log';
import { replaceFile } from '../spool/durable-file';
import { messageOf } from '../system/message-of';
import { Turn } from '../system/turn';
import { StatusMarkers } from './status-markers';

/** What a running agent leaves for people to read: what it told the service last, and what it was answered. */
const AgentStatus = z.object({
  atInMs: z.int(),
  processId: z.int(),
  replicas: z.array(
    z.object({
      diskId: z.string(),
      report: ReplicaReport,
      durableSequence: z.int(),
      pendingBytes: z.int(),
      /** The last pass over a disk that others write. */
      scan: z
        .object({ atInMs: z.int(), readBytes: z.int(), changedBytes: z.int(), isWhole: z.boolean() })
        .optional(),
    }),
  ),
  /** What the agent before this version left says nothing of them. */
  markers: z.array(StatusMarkers).default([]),
});
export type AgentStatus = z.infer<typeof AgentStatus>;

const nameOfFile = 'status.json';

/** Leaves the status of a running agent in its state folder. That it cannot is said in the log, and no reason to stop. */
export class StatusFile {
  // Two reports may end at once.
  readonly #turn = new Turn();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  leave(told: Pick<AgentStatus, 'replicas' | 'markers'>): Promise<void> {
    return this.#turn.take(async () => {
      const status: AgentStatus = { atInMs: this.clock.now(), processId: process.pid, ...told };
      await replaceFile(join(this.folder, nameOfFile), [Buffer.from(JSON.stringify(status))]).catch(
        (error: unknown) => this.log.warn('the status could not be written', { reason: messageOf(error) }),
      );
    });
  }
}

/** The last status, or nothing if no agent has run here. */
export function readAgentStatus(folder: string): AgentStatus | undefined {
  try {
    return AgentStatus.parse(JSON.parse(readFileSync(join(folder, nameOfFile), 'utf8')));
  } catch {
    return undefined;
  }
}
