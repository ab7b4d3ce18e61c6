import type { InstanceType } from '../../../shared/model/scenarios/scenario';
import { resourceKey } from '../../../shared/model/resource-id';
import { changeResource } from '../../../shared/service/catalogue/resources';
import { jobLedger } from '../../../shared/service/jobs/job-ledger';
import { systemClock } from '../../../shared/system/system-clock';
import { type Reply, vault, World } from '../../support/arm/world';

interface Life {
  readonly scenario: InstanceType;
  readonly fabric: string;
  readonly policy: Record<string, unknown>;
  readonly enable: Record<string, unknown>;
  /** Each verb with its body, and where it leaves the item; `409` and `400` are refused on the way. */
  readonly steps: readonly (readonly [string, Record<string, unknown>, string])[];
}

const lives: readonly Life[] = [
  {
    scenario: 'HyperVReplicaAzure',
    fabric: 'HyperVSite',
    policy: { recoveryPointHistoryDuration: 2 },
    enable: { targetAzureVmName: 'mill' },
    steps: [
      ['switchProvider', {}, '400'],
      ['reProtect', { providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' } }, '409'],
      ['failoverCommit', {}, '409'],
      ['repairReplication', {}, '409'],
      ['unplannedFailover', { providerSpecificDetails: { instanceType: 'A2A' } }, '400'],
      ['testFailover', {}, 'Protected'],
      ['unplannedFailover', {}, '409'],
      ['testFailoverCleanup', {}, 'Protected'],
      ['plannedFailover', {}, 'PlannedFailoverCommitRequired'],
      ['failoverCommit', {}, 'PlannedFailoverStatesBegin'],
      [
        'plannedFailover',
        {
          failoverDirection: 'RecoveryToPrimary',
          providerSpecificDetails: {
            instanceType: 'HyperVReplicaAzureFailback',
            dataSyncOption: 'ForDownTime',
          },
        },
        'PlannedFailoverCommitRequired',
      ],
      ['failoverCommit', {}, 'PlannedFailoverStatesBegin'],
      ['reProtect', { providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' } }, 'Protected'],
      ['remove', {}, 'gone'],
    ],
  },
  {
    scenario: 'HyperVReplica2012R2',
    fabric: 'VMM',
    policy: { recoveryPoints: 4 },
    enable: {},
    steps: [
      ['plannedFailover', {}, 'PlannedFailoverCommitRequired'],
      ['failoverCancel', {}, 'Protected'],
      ['unplannedFailover', {}, 'UnplannedFailoverCommitPendingStatesBegin'],
      ['reProtect', {}, '409'],
      ['failoverCommit', {}, 'UnplannedFailoverCommitted'],
      ['reProtect', { providerSpecificDetails: { instanceType: 'HyperVReplica2012R2' } }, 'Protected'],
      ['remove', {}, 'gone'],
    ],
  },
  {
    scenario: 'InMageAzureV2',
    fabric: 'VMware',
    policy: { multiVmSyncStatus: 'Enable' },
    enable: { processServerId: 'p' },
    steps: [
      ['plannedFailover', {}, '400'],
      [
        'unplannedFailover',
        { sourceSiteOperations: 'Required' },
        'UnplannedFailoverCommitPendingStatesBegin',
      ],
      ['failoverCommit', {}, 'UnplannedFailoverCommitted'],
      ['reProtect', { providerSpecificDetails: { instanceType: 'InMageAzureV2' } }, 'gone'],
    ],
  },
  {
    scenario: 'InMage',
    fabric: 'VMware',
    policy: { multiVmSyncStatus: 'Enable' },
    enable: {
      masterTargetId: 'm',
      processServerId: 'p',
      retentionDrive: 'R',
      multiVmGroupId: '1',
      multiVmGroupName: 'one',
    },
    steps: [
      ['applyRecoveryPoint', { recoveryPointId: 'x' }, '400'],
      [
        'unplannedFailover',
        { providerSpecificDetails: { instanceType: 'InMage', recoveryPointType: 'Never' } },
        '400',
      ],
      [
        'unplannedFailover',
        { providerSpecificDetails: { instanceType: 'InMage', recoveryPointType: 'LatestTag' } },
        'UnplannedFailoverCommitPendingStatesBegin',
      ],
      ['failoverCommit', {}, 'UnplannedFailoverCommitted'],
      [
        'reProtect',
        {
          providerSpecificDetails: {
            instanceType: 'InMage',
            masterTargetId: 'm',
            processServerId: 'p',
            retentionDrive: 'R',
            profileId: 'x',
          },
        },
        'gone',
      ],
    ],
  },
  {
    scenario: 'InMageRcm',
    fabric: 'InMageRcm',
    policy: { enableMultiVmSync: 'true' },
    enable: { fabricDiscoveryMachineId: 'd', processServerId: 'p', targetResourceGroupId: 'g' },
    steps: [
      ['unplannedFailover', { providerSpecificDetails: { instanceType: 'InMageRcm' } }, '400'],
      [
        'unplannedFailover',
        { providerSpecificDetails: { instanceType: 'InMageRcm', performShutdown: 'true' } },
        'UnplannedFailoverCommitPendingStatesBegin',
      ],
      ['failoverCommit', {}, 'UnplannedFailoverCommitted'],
      [
        'reProtect',
        {
          providerSpecificDetails: {
            instanceType: 'InMageRcm',
            reprotectAgentId: 'a',
            datastoreName: 'd',
            logStorageAccountId: 'l',
          },
        },
        'Protected',
      ],
      ['testFailover', {}, '400'],
      [
        'plannedFailover',
        {
          failoverDirection: 'RecoveryToPrimary',
          providerSpecificDetails: {
            instanceType: 'InMageRcmFailback',
            recoveryPointType: 'CrashConsistent',
          },
        },
        'PlannedFailoverCommitRequired',
      ],
      ['failoverCommit', {}, 'PlannedFailoverStatesBegin'],
      [
        'reProtect',
        {
          providerSpecificDetails: { instanceType: 'InMageRcmFailback', processServerId: 'p', policyId: 'x' },
        },
        'Protected',
      ],
      ['remove', {}, 'gone'],
    ],
  },
];

async function enabled(world: World, life: Life): Promise<{ item: string; machine: string }> {
  const fabric = `${vault}/replicationFabrics/fabric`;
  await world.finish('PUT', fabric, { properties: { customDetails: { instanceType: life.fabric } } });
  const [box] = (await world.ask('GET', `${fabric}/replicationProtectionContainers`)).body.value as {
    id: string;
  }[];
  const container = box?.id ?? '';
  const policyId = `${vault}/replicationPolicies/policy`;
  const made = await world.finish('PUT', policyId, {
    properties: { providerSpecificInput: { instanceType: life.scenario, ...life.policy } },
  });
  expect(made.body.status).toBe('Succeeded');
  const mapped = await world.finish('PUT', `${container}/replicationProtectionContainerMappings/m`, {
    properties: {
      policyId,
      targetProtectionContainerId:
        life.fabric === 'InMageRcm' ||
        life.scenario === 'HyperVReplicaAzure' ||
        life.scenario === 'InMageAzureV2'
          ? 'Microsoft Azure'
          : container,
    },
  });
  expect(mapped.body.status).toBe('Succeeded');
  const machine = `${container}/replicationProtectableItems/guid`;
  await world.records.put(resourceKey(machine) ?? { partition: '', id: '' }, {
    ...{ id: machine, name: 'guid', type: 'x/replicationProtectableItems' },
    properties: {
      friendlyName: 'mill',
      kind: 'HyperVVirtualMachine',
      scenarios: [],
      disks: [{ id: 'd0', name: 'd0', sizeBytes: 512 }],
    },
  });
  const item = `${container}/replicationProtectedItems/mill`;
  const accepted = await world.ask('PUT', item, {
    body: {
      properties: {
        policyId,
        protectableItemId: machine,
        providerSpecificDetails: { instanceType: life.scenario, ...life.enable },
      },
    },
  });
  expect([accepted.status, accepted.body]).toEqual([202, undefined]);
  await endJob(world, accepted);
  await changeResource(world.records, item, (current) => ({
    ...current,
    properties: { ...current.properties, state: 'Protected' },
  }));
  return { item, machine };
}

async function endJob(world: World, accepted: Reply): Promise<void> {
  const jobId = accepted.headers['x-ms-request-id']?.split('/').at(-1) ?? '';
  await jobLedger(world.records, systemClock).finish({ vaultId: vault, jobId }, { state: 'Succeeded' });
}

describe.each(lives)('the life of a machine of $scenario', (life) => {
  it('goes along its state table, and is refused what is not in it', async () => {
    const world = await World.open();
    const { item, machine } = await enabled(world, life);
    for (const [verb, properties, end] of life.steps) {
      const answer = await world.ask('POST', `${item}/${verb}`, { body: { properties } });
      if (end === '409' || end === '400') {
        expect([verb, answer.status]).toEqual([verb, Number(end)]);
        expect(answer.body.error.details[0].recommendedAction).toMatch(/\.$/);
        continue;
      }
      expect([verb, answer.status, answer.body]).toEqual([verb, 202, undefined]);
      const second = await world.ask('POST', `${item}/${verb}`, { body: { properties } });
      expect([verb, second.status, second.body.error.code]).toEqual([verb, 409, 'ItemBusy']);
      await endJob(world, answer);
      const { status, body } = await world.ask('GET', item);
      const state: unknown = status === 404 ? 'gone' : body.properties.protectionState;
      expect([verb, state]).toEqual([verb, end]);
    }
    const freed = await world.ask('GET', machine);
    const left = await world.ask('GET', item);
    expect(freed.body.properties.protectionStatus).toBe(left.status === 404 ? 'Unprotected' : 'Protected');
    expect(world.faults).toEqual([]);
  });

  it('begins once: the same request again changes nothing, another is a conflict', async () => {
    const world = await World.open();
    const { item } = await enabled(world, life);
    const before = (await world.ask('GET', item)).body;
    const policyId = `${vault}/replicationPolicies/policy`;
    const machine = item.replace('replicationProtectedItems/mill', 'replicationProtectableItems/guid');
    const put = (more: object, name = 'mill'): Promise<Reply> =>
      world.ask('PUT', item.replace(/mill$/, name), {
        body: {
          properties: {
            policyId,
            protectableItemId: machine,
            providerSpecificDetails: { instanceType: life.scenario, ...life.enable, ...more },
          },
        },
      });
    expect((await put({})).status).toBe(202);
    await world.jobs.idle();
    expect((await world.ask('GET', item)).body).toEqual(before);
    expect((await put({ extra: 'other' })).body.error.code).toBe('Conflict');
    expect((await put({}, 'twin')).body.error.code).toBe('ResourceInUse');
    expect((await world.ask('GET', item.replace(/mill$/, 'twin'))).status).toBe(404);
  });
});
