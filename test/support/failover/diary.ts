import { createHash } from 'node:crypto';
import { z } from 'zod';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { MemoryTargetDocuments } from '../memory/memory-target-documents';
import type { Life } from './lives';
import type { SimulatedMachine } from './simulated-machine';

const Pinned = z.looseObject({ pins: z.array(z.string()) });

/** What a life came to after a verb, in words that are the same in every run. */
export async function entryOf({ world, home, away, item: machine }: Life, jobId: string): Promise<object> {
  const job = await world.job(jobId);
  const item = await world.item(machine).catch(() => undefined);
  const { test, real, next, away: left } = item === undefined ? {} : recoveriesOf(item);
  const points = [
    ...new Set([home, away].flatMap((each) => [...(each?.atPoint.values() ?? [])].map(digestOf))),
  ];
  const targets = [...world.compute.cloud.machines.values()];
  return {
    job: [job.state, job.tasks.map(({ taskId, state }) => `${taskId} ${state}`), job.errors],
    item: [item?.state, item?.testFailover, item?.scenario, item?.hold],
    recoveries: [test?.kind, real?.kind, next?.kind, left?.kind],
    machines: [home, away].map(conditionOf),
    targets: targets.map(({ machine: { name }, isRunning, machine: { disks } }) => {
      const contents = disks.map(({ id }) => world.compute.cloud.content(id));
      return [name.replace(/-[\da-f]{6}$/, '-other'), isRunning, points.indexOf(digestOf(contents))];
    }),
    disks: world.compute.cloud.disks.size,
    replicas: (await world.disks.list()).length,
    pins: await pinsOf(world),
    agents: await Promise.all(
      world.machines.map(async ({ agentId }) => {
        const { items, tasks } = await world.ports.board.read(agentId);
        return [items.map(({ replicas }) => replicas.map(({ mode }) => mode)), tasks.length];
      }),
    ),
  };
}

function conditionOf(machine: SimulatedMachine | undefined): readonly unknown[] {
  if (machine === undefined) return [];
  return [machine.isRunning, machine.isReadOnly];
}

function digestOf(disks: readonly Buffer[]): string {
  return disks.map((disk) => createHash('sha256').update(disk).digest('hex')).join();
}

/** What still keeps points from being pruned. */
async function pinsOf(world: Life['world']): Promise<number> {
  const documents = new MemoryTargetDocuments(world.target);
  let pins = 0;
  for await (const name of documents.list('')) {
    const { pins: held } = Pinned.catch({ pins: [] }).parse((await documents.get(name))?.body);
    pins += held.length;
  }
  return pins;
}
