import type { SimulatedMachine } from '../../support/failover/simulated-machine';
import type { FailoverLife } from '../arm-lives/failover-life';
import { all, passes, type ArmPlace, type ArmRow } from './place';

const group = 'ReplicationProtectedItems';
const toRecovery = 'PrimaryToRecovery';
const toPrimary = 'RecoveryToPrimary';

const contents = ({ disks }: SimulatedMachine): Buffer[] => disks.map(({ content }) => Buffer.from(content));

/** A row about the Azure machine that is failed over to another region. */
function webRow(
  operation: string,
  shows: string,
  run: (life: FailoverLife, web: SimulatedMachine) => Promise<void>,
): ArmRow {
  return passes(`${group}_${operation}`, shows, async ({ lives }: ArmPlace) => {
    const life = await lives.failover();
    await run(life, await life.machine('A2A', 'web'));
  });
}

/** A row about the Hyper-V machine that is failed over as planned, and comes home. */
function millRow(
  operation: string,
  shows: string,
  run: (life: FailoverLife, mill: SimulatedMachine) => Promise<void>,
): ArmRow {
  return passes(`${group}_${operation}`, shows, async ({ lives }) => {
    const life = await lives.failover();
    await run(life, await life.machine('HyperVReplicaAzure', 'mill'));
  });
}

/** Fails a Hyper-V machine over as planned, in either direction. */
function planned(life: FailoverLife, machine: SimulatedMachine, failoverDirection: string) {
  const isHome = failoverDirection === toPrimary;
  return life.ended(
    life.site.replicationProtectedItems.beginPlannedFailover(...life.at(machine), {
      properties: {
        failoverDirection,
        providerSpecificDetails: isHome
          ? { instanceType: 'HyperVReplicaAzureFailback', dataSyncOption: 'ForDownTime' }
          : { instanceType: 'HyperVReplicaAzure' },
      },
    }),
  );
}

function commit(life: FailoverLife, machine: SimulatedMachine) {
  return life.ended(life.site.replicationProtectedItems.beginFailoverCommit(...life.at(machine)));
}

/** A VMware machine that is away and replicates home through its appliance. */
export async function awayByAppliance(life: FailoverLife, name: string): Promise<SimulatedMachine> {
  const machine = await life.machine('InMageRcm', name);
  const items = life.site.replicationProtectedItems;
  await life.ended(
    items.beginUnplannedFailover(...life.at(machine), {
      properties: {
        ...{ failoverDirection: toRecovery, sourceSiteOperations: 'Required' },
        providerSpecificDetails: { instanceType: 'InMageRcm', performShutdown: 'true' },
      },
    }),
  );
  await commit(life, machine);
  await life.world.installAgent(machine);
  await life.ended(
    items.beginReprotect(...life.at(machine), {
      properties: {
        providerSpecificDetails: {
          ...{ instanceType: 'InMageRcm', reprotectAgentId: 'agent', datastoreName: 'store' },
          logStorageAccountId: 'account',
        },
      },
    }),
  );
  await life.world.pass(3);
  return machine;
}

export const failoverVerbRows: readonly ArmRow[] = [
  webRow(
    'TestFailover',
    'makes a machine from the latest point, beside the one that runs',
    async (life, web) => {
      web.writeSome();
      const last = (await web.cut()) ?? '';
      await life.ended(
        life.site.replicationProtectedItems.beginTestFailover(...life.at(web), {
          properties: {
            ...{ failoverDirection: toRecovery, networkType: 'NoNetworkAsInput' },
            providerSpecificDetails: { instanceType: 'A2A' },
          },
        }),
      );
      expect((await life.read(web)).properties).toMatchObject({
        ...{ protectionState: 'Protected', testFailoverState: 'WaitingForCompletion' },
        allowedOperations: ['TestFailoverCleanup'],
      });
      expect(await life.world.recovered(web, 'test')).toEqual(web.atPoint.get(last));
      expect(web.isRunning).toBe(true);
    },
  ),
  webRow('TestFailoverCleanup', 'takes all of it away again', async (life, web) => {
    await life.ended(
      life.site.replicationProtectedItems.beginTestFailoverCleanup(...life.at(web), {
        properties: { comments: 'it came up' },
      }),
    );
    expect((await life.read(web)).properties).toMatchObject({
      ...{ protectionState: 'Protected', testFailoverState: 'MarkedForDeletion' },
    });
    expect(await life.world.made(web)).toEqual([]);
  }),
  webRow(
    'UnplannedFailover',
    'shuts the source down and runs its last write at the target',
    async (life, web) => {
      web.writeSome();
      const expected = contents(web);
      await life.ended(
        life.site.replicationProtectedItems.beginUnplannedFailover(...life.at(web), {
          properties: {
            ...{ failoverDirection: toRecovery, sourceSiteOperations: 'Required' },
            providerSpecificDetails: { instanceType: 'A2A' },
          },
        }),
      );
      expect((await life.read(web)).properties).toMatchObject({
        ...{ protectionState: 'UnplannedFailoverCommitPendingStatesBegin', activeLocation: 'Recovery' },
        allowedOperations: expect.arrayContaining(['Commit', 'ChangePit']) as string[],
      });
      expect(await life.world.recovered(web, 'real')).toEqual(expected);
      expect(web.isRunning).toBe(false);
    },
  ),
  webRow('ApplyRecoveryPoint', 'runs another point in its place', async (life, web) => {
    const [early] = [...web.atPoint.keys()].slice(1);
    const recoveryPointId = `${web.itemId}/recoveryPoints/${early ?? ''}`;
    await life.ended(
      life.site.replicationProtectedItems.beginApplyRecoveryPoint(...life.at(web), {
        properties: { recoveryPointId, providerSpecificDetails: { instanceType: 'A2A' } },
      }),
    );
    const { failoverRecoveryPointId } = (await life.read(web)).properties ?? {};
    expect(failoverRecoveryPointId?.toLowerCase()).toBe(recoveryPointId.toLowerCase());
    expect(await life.world.recovered(web, 'real')).toEqual(web.atPoint.get(early ?? ''));
  }),
  webRow('FailoverCommit', 'makes it final: the point can be changed no more', async (life, web) => {
    await commit(life, web);
    const { protectionState, allowedOperations } = (await life.read(web)).properties ?? {};
    expect(protectionState).toBe('UnplannedFailoverCommitted');
    expect(allowedOperations).not.toContain('ChangePit');
  }),
  passes(
    'ReplicationProtectionContainers_SwitchProtection',
    'protects it the other way round: a new item in the other container, the old one gone',
    async ({ lives }) => {
      const life = await lives.failover();
      const web = await life.machine('A2A', 'web');
      const [vault, rg, fabric, container] = life.at(web);
      const recovery = `${life.world.vaultId}/replicationFabrics/recovery`;
      const away = await life.world.installAgent(web, recovery);
      away.itemId = web.itemId.replace('site-A2A', 'recovery');
      await life.ended(
        life.site.replicationProtectionContainers.beginSwitchProtection(vault, rg, fabric, container, {
          properties: {
            replicationProtectedItemName: 'web',
            providerSpecificDetails: {
              instanceType: 'A2A',
              recoveryContainerId: web.itemId.split('/').slice(0, -2).join('/'),
            },
          },
        }),
      );
      await expect(life.read(web)).rejects.toMatchObject({ statusCode: 404 });
      await life.world.finalize(away);
      expect((await life.read(away)).properties).toMatchObject({
        ...{ protectionState: 'Protected', activeLocation: 'Primary' },
      });
    },
  ),
  millRow(
    'PlannedFailover',
    'loses nothing: the last write of the source is at the target',
    async (life, mill) => {
      mill.writeSome();
      const expected = contents(mill);
      await planned(life, mill, toRecovery);
      expect((await life.read(mill)).properties).toMatchObject({
        ...{ protectionState: 'PlannedFailoverCommitRequired', activeLocation: 'Recovery' },
      });
      expect(await life.world.recovered(mill, 'real')).toEqual(expected);
      expect(mill.isRunning).toBe(false);
    },
  ),
  millRow('Reprotect', 'replicates again once the machine is home', async (life, mill) => {
    await commit(life, mill);
    await life.world.installAgent(mill);
    await planned(life, mill, toPrimary);
    await commit(life, mill);
    await life.ended(
      life.site.replicationProtectedItems.beginReprotect(...life.at(mill), {
        properties: {
          failoverDirection: toRecovery,
          providerSpecificDetails: { instanceType: 'HyperVReplicaAzure', hvHostVmId: 'guid-mill' },
        },
      }),
    );
    await life.world.pass(3);
    expect((await life.read(mill)).properties).toMatchObject({
      ...{ protectionState: 'Protected', activeLocation: 'Primary' },
    });
    const before = new Set(mill.atPoint.keys());
    await life.world.point(mill);
    const points = await all(life.site.recoveryPoints.listByReplicationProtectedItems(...life.at(mill)));
    const isNew = ({ name = '' }): boolean => mill.atPoint.has(name) && !before.has(name);
    expect(points.filter(isNew)).toHaveLength(1);
  }),
  passes(`${group}_FailoverCancel`, 'goes back to where it ran', async ({ lives }) => {
    const life = await lives.failover();
    const barn = await awayByAppliance(life, 'barn');
    await life.ended(
      life.site.replicationProtectedItems.beginPlannedFailover(...life.at(barn), {
        properties: {
          failoverDirection: toPrimary,
          providerSpecificDetails: {
            instanceType: 'InMageRcmFailback',
            recoveryPointType: 'CrashConsistent',
          },
        },
      }),
    );
    expect(barn.isRunning).toBe(true);
    await life.ended(life.site.replicationProtectedItems.beginFailoverCancel(...life.at(barn)));
    await life.world.pass(2);
    expect((await life.read(barn)).properties).toMatchObject({ protectionState: 'Protected' });
    expect(barn.isRunning).toBe(false);
  }),
];
