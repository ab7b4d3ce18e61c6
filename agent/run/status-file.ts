import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ReplicaReport } from '../../shared/contracts/agent/report';
import { replaceFile } from '../spool/durable-file';

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
});
export type AgentStatus = z.infer<typeof AgentStatus>;

const nameOfFile = 'status.json';

export function writeAgentStatus(folder: string, status: AgentStatus): Promise<void> {
  return replaceFile(join(folder, nameOfFile), [Buffer.from(JSON.stringify(status))]);
}

/** The last status, or nothing if no agent has run here. */
export function readAgentStatus(folder: string): AgentStatus | undefined {
  try {
    return AgentStatus.parse(JSON.parse(readFileSync(join(folder, nameOfFile), 'utf8')));
  } catch {
    return undefined;
  }
}
