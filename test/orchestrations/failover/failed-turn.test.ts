import { randomUUID } from 'node:crypto';
import type { AgentRecord, AgentStatus } from '../../../shared/contracts/agents/agent-record';
import type { Recovery } from '../../../shared/contracts/catalogue/recovery';
import type { ProtectedItem } from '../../../shared/contracts/catalogue/protected-item';
import type { JobRecord } from '../../../shared/contracts/jobs/record';
import { LifeboatError } from '../../../shared/errors';
import type { InstanceType } from '../../../shared/model/scenarios/scenario';
import { agentKey, agentStatusKey } from '../../../shared/service/agents/agent-records';
import { machineKey } from '../../../shared/service/agents/known-machines';
import { putResource } from '../../../shared/service/catalogue/resources';
import type { Replicas } from '../../../shared/service/replicas';
import { vault } from '../../support/arm/world';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

const fabrics = `${vault}/replicationFabrics`;

let world: FailoverWorld;

beforeEach(async () => {
  world = await FailoverWorld.open();
});

afterEach(() => world.close());

/** A process server and master target of a site, heard just now. */
async function addServer(fabric: string): Promise<string> {
  const [agentId, name] = [randomUUID(), `server-${fabric}`];
  const providerId = `${fabrics}/${fabric}/replicationRecoveryServicesProviders/${name}`;
  const record = { agentId, vaultId: vault, fabricId: `${fabrics}/${fabric}`, providerId, name };
  const agent: AgentRecord = {
    ...record,
    ...{ publicKey: 'k'.repeat(43), roles: ['masterTarget', 'processServer'] },
    ...{ hostId: agentId, registeredAtMs: 0 },
  };
  const saidAtMs = world.ports.clock.now();
  const status: AgentStatus = {
    ...{ agentId, saidAtMs, version: '1', siteDigest: '', providerSeenAtMs: saidAtMs, replicas: [] },
  };
  await world.records.put(agentKey(agentId), agent);
  await world.records.put(agentStatusKey(agentId), status);
  await putResource(world.records, {
    ...{ id: providerId, name },
    type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationRecoveryServicesProviders',
    properties: {
      ...{ friendlyName: name, fabricKind: 'VMM', fabricFriendlyName: fabric, agentId },
      ...{ version: '1', connected: true },
    },
  });
  return agentId;
}

/** A machine with two disks that runs at the other of two sites since a failover, with an agent beside it there. */
async function failedOverToSite(scenario: InstanceType): Promise<SimulatedMachine> {
  const machine = await world.protect(scenario);
  await addServer(`site-${scenario}`);
  const machineId = 'web-away';
  const disks = machine.disks.map(({ diskId, content }) => ({
    diskId,
    name: diskId,
    sizeBytes: content.length,
  }));
  await world.records.put(machineKey('fabric-recovery', machineId), {
    ...{
      agentId: randomUUID(),
      providerId: `${fabrics}/recovery/replicationRecoveryServicesProviders/there`,
    },
    machine: {
      ...{ machineId, name: 'web', osType: 'Linux', powerState: 'running', generation: '1', nics: [] },
      disks: disks.map((disk, index) => ({ ...disk, isBootDisk: index === 0 })),
    },
  });
  const real: Recovery = {
    ...{ jobId: randomUUID(), kind: 'unplanned', startedAtInMs: 0, disks: [], isCopied: true, remarks: [] },
    machine: {
      ...{ id: machineId, name: 'web', size: '', nics: [], startedAtInMs: 0, consoleTail: '' },
      boot: 'booted',
    },
  };
  await world.changeItem(machine, {
    ...{ keeperId: await addServer('recovery'), recoveryFabricId: `${fabrics}/recovery` },
    ...{ state: 'UnplannedFailoverCommitted', recoveries: { real } },
  });
  return machine;
}

/** What a master target does not do, after it has done it this often. */
function refuse(call: 'create' | 'startEpoch', after: number): void {
  const { replicas } = world.ports;
  let calls = 0;
  const orRefuse = <T>(work: () => Promise<T>): Promise<T> => {
    if (++calls <= after) return work();
    return Promise.reject(new LifeboatError('SiteRefused', 'The disk of the site is full.'));
  };
  const changed: Partial<Replicas> =
    call === 'create'
      ? { create: (request) => orRefuse(() => replicas.create(request)) }
      : { startEpoch: (request) => orRefuse(() => replicas.startEpoch(request)) };
  Object.assign(world.ports, { replicas: { ...replicas, ...changed } });
}

const kept = async (): Promise<unknown> => [await world.disks.list(), await world.documents()];
const wayBack = ({ instanceType }: ProtectedItem): object => ({
  instanceType,
  ...(instanceType === 'InMage'
    ? {
        ...{ masterTargetId: 'server-site-InMage', processServerId: 'server-recovery' },
        ...{ retentionDrive: '/', profileId: 'p-InMage' },
      }
    : {}),
});
const turn = async (machine: SimulatedMachine): Promise<JobRecord> =>
  world.run(machine, 'reProtect', { providerSpecificDetails: wayBack(await world.item(machine)) });

describe('a turn between two sites that fails', () => {
  it('leaves none of the replicas that it has had made, so that the next turn begins anew', async () => {
    const machine = await failedOverToSite('HyperVReplica2012R2');
    const [before, working] = [await kept(), world.ports.replicas];
    refuse('create', 1);
    const failed = { state: 'Failed', errors: [{ code: 'SiteRefused' }] };
    expect(await turn(machine)).toMatchObject(failed);
    expect(await kept()).toEqual(before);
    expect(await world.item(machine)).toMatchObject({ state: 'UnplannedFailoverCommitted' });
    Object.assign(world.ports, { replicas: working });
    const jobId = await world.begin(machine, 'reProtect', {
      providerSpecificDetails: { instanceType: 'HyperVReplica2012R2' },
    });
    await world.pass(3);
    expect(await world.job(jobId)).toMatchObject({ state: 'InProgress', errors: [] });
    expect(await world.disks.list()).toHaveLength(4);
  });

  it('goes on later with the item and the replicas that it came to', async () => {
    const machine = await failedOverToSite('InMage');
    const working = world.ports.replicas;
    refuse('startEpoch', 1);
    for (let count = 0; count < 2; count++) {
      expect(await turn(machine)).toMatchObject({ state: 'Failed' });
      expect(await world.disks.list()).toHaveLength(4);
    }
    Object.assign(world.ports, { replicas: working });
    expect(await turn(machine)).toMatchObject({ state: 'Succeeded', errors: [] });
    expect(await world.disks.list()).toHaveLength(4);
  });

  it('says so where another item has the name that it would take, and touches neither', async () => {
    const machine = await failedOverToSite('InMage');
    const other = await world.protect('InMage', { name: 'web-new' });
    const [before, item, otherItem] = [await kept(), await world.item(machine), await world.item(other)];
    expect(await turn(machine)).toMatchObject({
      state: 'Failed',
      errors: [{ code: 'Conflict', message: expect.stringContaining('"web-new"') }],
    });
    expect(await kept()).toEqual(before);
    expect(await world.item(other)).toEqual(otherItem);
    expect(await world.item(machine)).toMatchObject({ recoveries: item['recoveries'], state: item.state });
  });
});
