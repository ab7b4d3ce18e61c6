import { z } from 'zod';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { TaskResult } from '../../contracts/agent/report';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal } from '../../errors';
import { isSameResource } from '../../model/resource-id';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { changeResource, everyResource } from '../catalogue/resources';
import { uuidOf } from './agent-records';
import type { WishBoard } from './wish-board';

/** A vCenter server as far as looking for its machines goes. Without a server of its own any provider of the fabric looks. */
const Center = z.looseObject({
  discoveryRequestedAtInMs: z.number().optional(),
  discoveryStatus: z.string().optional(),
  processServerId: z.string().optional(),
  ipAddress: z.string().optional(),
  port: z.string().optional(),
});

const prefix = 'discover-';

/** Has a provider look for the machines of the vCenter servers that were added, or changed, since the last look. Safe to repeat. */
export async function askDiscovery(
  { records, board }: { readonly records: Records; readonly board: WishBoard },
  agent: AgentRecord,
): Promise<void> {
  for await (const { resource } of everyResource(records, agent.fabricId, 'replicationvCenters')) {
    const { discoveryStatus, processServerId, ipAddress, port } = Center.parse(resource.properties);
    if (discoveryStatus !== 'Pending' || !isAbout(agent, processServerId)) continue;
    const parameters = { address: ipAddress, port };
    const task = { taskId: taskIdOf(resource), kind: 'discover' as const, parameters };
    await board.change(agent.agentId, (wish) =>
      wish.tasks.some(({ taskId }) => taskId === task.taskId)
        ? wish
        : { ...wish, tasks: [...wish.tasks, task] },
    );
  }
}

/** Shows on a vCenter server how the look for its machines ended; the machines themselves are in the same report. */
export async function noteDiscovery(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  agent: AgentRecord,
  results: readonly TaskResult[],
): Promise<void> {
  if (!results.some(({ taskId }) => taskId.startsWith(prefix))) return;
  for await (const { resource } of everyResource(records, agent.fabricId, 'replicationvCenters')) {
    const result = results.find(({ taskId }) => taskId === taskIdOf(resource));
    if (result === undefined) continue;
    const discoveryStatus = result.outcome === 'succeeded' ? 'Completed' : 'Failed';
    const lastHeartbeat = new Date(clock.now()).toISOString();
    await changeResource(records, resource.id, (current) =>
      taskIdOf(current) === result.taskId
        ? { ...current, properties: { ...current.properties, discoveryStatus, lastHeartbeat } }
        : undefined,
    ).catch((error: unknown) => {
      if (!isRefusal(error, 'NotFound')) throw error;
    });
  }
}

/** Another one each time that it is asked for. */
function taskIdOf({ id, properties }: Resource): string {
  const { discoveryRequestedAtInMs = 0 } = Center.parse(properties);
  return `${prefix}${uuidOf('vcenter', id.toLowerCase())}-${discoveryRequestedAtInMs}`;
}

function isAbout({ agentId, name, providerId }: AgentRecord, processServerId: string | undefined): boolean {
  if (processServerId === undefined) return true;
  return isSameResource(processServerId, providerId) || [agentId, name].includes(processServerId);
}
