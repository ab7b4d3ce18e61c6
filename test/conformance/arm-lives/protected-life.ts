import { randomBytes } from 'node:crypto';
import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld, type WorldOptions } from '../../support/protection/protection-world';
import { type Life, openLife } from './life';

/** Where an item is, as the client's methods take it. */
export type ItemPlace = readonly [
  vault: string,
  group: string,
  fabric: string,
  container: string,
  item: string,
];

/** Machines that are protected: agents without machines send what real ones would. */
export interface ProtectedLife extends Life {
  readonly world: ProtectionWorld;
  readonly container: string;
  readonly at: (item: string) => ItemPlace;
  readonly read: (item: string) => Promise<ReplicationProtectedItem>;
}

const groups = '/subscriptions/6c696665-626f-4174-8000-0000000000f0/resourceGroups';

/** The Azure machine of this name. */
export function azureMachine(name: string): string {
  return `${groups}/shop/providers/Microsoft.Compute/virtualMachines/${name}`;
}

/** The disk of an Azure machine. */
export function azureDisk(machine: string, index: number): string {
  return `${groups}/shop/providers/Microsoft.Compute/disks/${machine}-${index}`;
}

export async function openProtected(options: WorldOptions): Promise<ProtectedLife> {
  const world = await ProtectionWorld.open(options);
  const life = await openLife({
    ...{ arm: world.arm, jobs: world.jobs },
    pass: async () => {
      await world.pump(1);
      world.clock.advance(2_000);
    },
    close: () => world.close(),
  });
  const [container = ''] = await world.containers();
  const at = (item: string): ItemPlace => [...life.where, 'site', container.split('/').at(-1) ?? '', item];
  return {
    ...{ ...life, world, container, at },
    read: (item) => life.site.replicationProtectedItems.get(...at(item)),
  };
}

/** Two machines in one region of Azure, each with three disks and its agent, and another region to recover to. */
export async function openAzure(): Promise<ProtectedLife> {
  const life = await openProtected({ fabricKind: 'Azure', instanceType: 'A2A' });
  const { compute } = life.world;
  const place = { resourceGroupId: `${groups}/shop`, location: 'westeurope' };
  const owner = { vaultId: 'v', itemId: 'i', jobId: 'j' };
  await compute.places.ensureGroup(place, owner);
  const networkId = await compute.places.ensureNetwork({
    ...{ owner, place, name: 'harbour', addressSpace: ['10.1.0.0/16'] },
    subnets: [{ name: 'web', range: '10.1.0.0/24' }],
  });
  for (const name of ['web', 'mill']) await addMachine(life, name, networkId);
  return life;
}

async function addMachine({ world }: ProtectedLife, name: string, networkId: string): Promise<PaperAgent> {
  const contents = [0, 1, 2].map(() => randomBytes(65_536));
  const machine = world.compute.cloud.addSource({
    ...{ id: azureMachine(name), location: 'westeurope' },
    disks: contents.map((content, index) => ({ name: `${name}-${index}`, content })),
    nics: [{ id: `${name}-nic`, networkId, subnet: 'web', address: '10.1.0.4' }],
  });
  const disks = new Map(machine.disks.map(({ id }, index) => [id, contents[index] ?? Buffer.alloc(0)]));
  const agent = world.agentOf(azureMachine(name), disks);
  await agent.register(await world.token());
  await agent.round();
  return agent;
}
