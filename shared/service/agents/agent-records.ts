import { createHash } from 'node:crypto';
import { AgentRecord, AgentStatus } from '../../contracts/agents/agent-record';
import type { RecordKey, Records } from '../../ports/records';

/** Agents are spread over partitions by the first digit of their ids. */
export function agentKey(agentId: string): RecordKey {
  return { partition: `agents-${agentId.charAt(0)}`, id: agentId };
}

export function agentStatusKey(agentId: string): RecordKey {
  return { partition: `agent-status-${agentId.charAt(0)}`, id: agentId };
}

export function agentWishKey(agentId: string): RecordKey {
  return { partition: `agent-wishes-${agentId.charAt(0)}`, id: agentId };
}

/** A token is found by its hash: whoever reads the catalogue cannot register. */
export function tokenKey(token: string): RecordKey {
  return { partition: 'registration-tokens', id: createHash('sha256').update(token).digest('hex') };
}

export async function readAgent(records: Records, agentId: string): Promise<AgentRecord | undefined> {
  const stored = await records.get(agentKey(agentId));
  return stored === undefined ? undefined : AgentRecord.parse(stored.body);
}

export async function readAgentStatus(records: Records, agentId: string): Promise<AgentStatus | undefined> {
  const stored = await records.get(agentStatusKey(agentId));
  return stored === undefined ? undefined : AgentStatus.parse(stored.body);
}

/** The same UUID for the same parts, always: names for what is found again by what it is. */
export function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
