import { z } from 'zod';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { TaskResult } from '../../contracts/agent/report';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal } from '../../errors';
import { isSameResource } from '../../model/resource-id';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { changeResource, everyResource, readResource } from '../catalogue/resources';
import { uuidOf } from './agent-records';
import type { WishBoard } from './wish-board';

/** A vCenter server, or a provider that is to look anew. Without a server of its own any provider of the fabric looks. */
const Place = z.looseObject({
  discoveryRequestedAtInMs: z.number().optional(),
  discoveryStatus: z.string().optional(),
  processServerId: z.string().optional(),
  ipAddress: z.string().optional(),
  port: z.string().optional(),
});

const prefix = 'discover-';

/**
 * Has a provider look for machines when it was refreshed, and for those of the vCenter servers that were added, or changed,
 * since the last look. Safe to repeat.
 */
export async function askDiscovery(
  { records, board }: { readonly records: Records; readonly board: WishBoard },
  agent: AgentRecord,
): Promise<void> {
  for await (const resource of placesOf(records, agent)) {
    const { discoveryStatus, ipAddress, port } = Place.parse(resource.properties);
    if (discoveryStatus !== 'Pending') continue;
    const parameters = { address: ipAddress, port };
    const task = { taskId: taskIdOf(resource), kind: 'discover' as const, parameters };
    await board.change(agent.agentId, (wish) =>
      wish.tasks.some(({ taskId }) => taskId === task.taskId)
        ? wish
        : { ...wish, tasks: [...wish.tasks, task] },
    );
  }
}

/** Shows where it was asked for how the look for machines ended; the machines themselves are in the same report. */
export async function noteDiscovery(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  agent: AgentRecord,
  results: readonly TaskResult[],
): Promise<void> {
  if (!results.some(({ taskId }) => taskId.startsWith(prefix))) return;
  for await (const resource of placesOf(records, agent)) {
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

/** Where this agent looks: what it speaks for itself, and the vCenter servers that are left to it. */
async function* placesOf(records: Records, agent: AgentRecord): AsyncGenerator<Resource> {
  const own = await readResource(records, agent.providerId);
  if (own !== undefined) yield own.resource;
  for await (const { resource } of everyResource(records, agent.fabricId, 'replicationvCenters')) {
    if (isAbout(agent, Place.parse(resource.properties).processServerId)) yield resource;
  }
}

/** Another one each time that it is asked for. */
function taskIdOf({ id, properties }: Resource): string {
  const { discoveryRequestedAtInMs = 0 } = Place.parse(properties);
  return `${prefix}${uuidOf('place', id.toLowerCase())}-${discoveryRequestedAtInMs}`;
}

function isAbout({ agentId, name, providerId }: AgentRecord, processServerId: string | undefined): boolean {
  if (processServerId === undefined) return true;
  return isSameResource(processServerId, providerId) || [agentId, name].includes(processServerId);
}
