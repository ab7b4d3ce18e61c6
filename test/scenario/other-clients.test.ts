import { z } from 'zod';
import { eventually } from '../support/eventually';
import { AzRest, hasAz, hasPythonClient, PythonProgram, type Sight } from '../support/clients/tools';
import { expectSame, StackLife } from '../support/failover/stack-life';
import { targetGroup } from '../support/failover/target-cloud';
import { group, subscription } from '../support/protection/site';
import { hyperVSite, sampleDisk } from '../support/protection/site-options';

const lacking = [
  ...(hasPythonClient ? [] : ['the official Python client (python3-azure)']),
  ...(hasAz ? [] : ['az (azure-cli)']),
];
if (lacking.length > 0) console.info(`Not installed, so not tried: ${lacking.join(' and ')}.`);

const hyperV = { instanceType: 'HyperVReplicaAzure' };
const Listed = z.object({ value: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
const Item = z.object({ properties: z.record(z.string(), z.unknown()) });

(lacking.length < 2 ? describe : describe.skip)('clients in other languages', () => {
  let life: StackLife;
  let sight: Sight;

  beforeAll(async () => {
    life = await StackLife.open(hyperVSite);
    const { endpoint, credential } = life.site;
    const { token } = await credential.getToken(`${endpoint}/.default`);
    sight = { endpoint, token, authorityFile: life.site.stack.facts['authority.file'] ?? '' };
  });

  afterAll(() => life.close());

  /** A machine with an agent, in a fabric that a client made. */
  async function machineIn(fabric: string, container: string) {
    Object.assign(life, { fabric, container, item: `of-${fabric}` });
    const fabricId = `${life.site.vaultId}/replicationFabrics/${fabric}`;
    return life.machine({ name: `of-${fabric}`, disks: [sampleDisk(1024 * 1024)], fabricId });
  }

  (hasPythonClient ? it : it.skip)(
    'the official Python client protects a machine, tests it, fails it over and lets it go',
    async () => {
      const program = new PythonProgram('test/support/clients/life.py', sight, {
        ...{ LIFE_ENDPOINT: sight.endpoint, LIFE_TOKEN: sight.token, LIFE_SUBSCRIPTION: subscription },
        ...{ LIFE_GROUP: group, LIFE_VAULT: life.site.vault, LIFE_FABRIC: 'python' },
        ...{ LIFE_MACHINE: 'of-python', LIFE_NETWORK: life.networkId, LIFE_TARGET_GROUP: targetGroup },
      });
      try {
        const [, container = ''] = /^paired (.+)$/.exec(await program.says()) ?? [];
        const machine = await machineIn('python', container);
        expect(await program.says()).toBe('protected');
        await machine.write(0, 4096, Buffer.alloc(512, 0x21));
        expect(await program.says()).toBe('tested WaitingForCompletion');
        expect(await program.says()).toBe('cleaned MarkedForDeletion');
        expect(await program.says()).toBe('away PlannedFailoverCommitRequired');
        expectSame(await life.contents(await life.recovered('real')), [machine.content(0)]);
        expect(machine.isRunning).toBe(false);
        program.goOn();
        expect(await program.says()).toBe('committed PlannedFailoverStatesBegin');
        expect(await program.says()).toMatch(/^removed \w+/);
        expect(await program.says()).toBe('jobs Succeeded');
      } finally {
        await program.stop();
      }
    },
    240_000,
  );

  (hasAz ? it : it.skip)(
    'az rest protects a machine, tests it, fails it over and lets it go',
    async () => {
      const az = new AzRest(sight);
      try {
        await azLife(az);
      } finally {
        az.close();
      }
    },
    240_000,
  );

  async function azLife(az: AzRest): Promise<void> {
    const { vaultId } = life.site;
    const fabric = `${vaultId}/replicationFabrics/az`;
    const policyId = `${vaultId}/replicationPolicies/az`;
    await az.ask('put', fabric, { properties: { customDetails: { instanceType: 'HyperVSite' } } });
    const providerSpecificInput = { ...hyperV, recoveryPointHistoryDuration: 4, replicationInterval: 30 };
    await az.ask('put', policyId, { properties: { providerSpecificInput } });
    await jobsAreDone();
    const containers = await az.ask('get', `${fabric}/replicationProtectionContainers`);
    const [container] = Listed.parse(containers).value;
    const machine = await machineIn('az', container?.name ?? '');
    await az.ask('put', `${life.containerId}/replicationProtectionContainerMappings/mapping`, {
      properties: {
        ...{ targetProtectionContainerId: 'Microsoft Azure', policyId },
        providerSpecificInput: hyperV,
      },
    });
    await jobsAreDone();
    const list = await az.ask('get', `${life.containerId}/replicationProtectableItems`);
    const protectableItemId = Listed.parse(list).value[0]?.id;
    const target = { targetAzureNetworkId: life.networkId, targetAzureV2ResourceGroupId: targetGroup };
    await az.ask('put', life.itemId, {
      properties: { policyId, protectableItemId, providerSpecificDetails: { ...hyperV, ...target } },
    });
    await jobsAreDone();
    await life.reaches('Protected');
    await expectItem(az, { protectionState: 'Protected' });
    const direction = { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: hyperV };
    await az.ask('post', `${life.itemId}/testFailover`, {
      properties: { ...direction, networkType: 'NoNetworkAsInput' },
    });
    await expectItem(az, { testFailoverState: 'WaitingForCompletion' });
    await az.ask('post', `${life.itemId}/testFailoverCleanup`, { properties: { comments: 'fine' } });
    await expectItem(az, { testFailoverState: 'MarkedForDeletion' });
    await machine.write(0, 8192, Buffer.alloc(512, 0x22));
    await az.ask('post', `${life.itemId}/plannedFailover`, { properties: direction });
    await expectItem(az, { protectionState: 'PlannedFailoverCommitRequired' });
    expectSame(await life.contents(await life.recovered('real')), [machine.content(0)]);
    await az.ask('post', `${life.itemId}/failoverCommit`);
    await expectItem(az, { protectionState: 'PlannedFailoverStatesBegin' });
    await az.ask('post', `${life.itemId}/remove`, {
      properties: { disableProtectionReason: 'NotSpecified' },
    });
    await jobsAreDone();
    const left = await az.ask('get', `${life.containerId}/replicationProtectedItems`);
    expect(Listed.parse(left).value).toEqual([]);
  }

  /** What `az rest` shows of the item once nothing goes on. */
  async function expectItem(az: AzRest, expected: Readonly<Record<string, unknown>>): Promise<void> {
    await jobsAreDone();
    expect(Item.parse(await az.ask('get', life.itemId)).properties).toMatchObject(expected);
  }

  async function jobsAreDone(): Promise<void> {
    await eventually(async () => {
      const jobs = await life.site.jobs();
      return jobs.every(({ state }) => state !== 'InProgress' && state !== 'NotStarted');
    }, 60_000);
  }
});
