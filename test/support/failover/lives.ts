import { vault } from '../arm/world';
import type { FailoverWorld } from './failover-world';
import type { ProtectOptions } from './protect-machine';
import type { SimulatedMachine } from './simulated-machine';

/** A machine in the course of its life: at home, and while it is away the machine that it runs as. */
export interface Life {
  readonly world: FailoverWorld;
  readonly home: SimulatedMachine;
  away?: SimulatedMachine;
  /** The machine that carries the item's present id. */
  item: SimulatedMachine;
}

/** One verb that is asked for: the id of its job. */
export interface Asked {
  readonly name: string;
  readonly orchestration: string;
  readonly ask: (life: Life) => Promise<string>;
  /** What must have happened before the next verb. */
  readonly then?: (life: Life) => Promise<void>;
}

const out = { failoverDirection: 'PrimaryToRecovery' };
const home = { failoverDirection: 'RecoveryToPrimary' };
const unplanned = (provider: object): object => ({
  ...{ ...out, sourceSiteOperations: 'Required', providerSpecificDetails: provider },
});

/** A verb of the item. */
function asked(
  name: string,
  [verb, orchestration = verb]: readonly string[],
  properties: object = {},
): Asked {
  return {
    ...{ name, orchestration: orchestration ?? '' },
    ask: ({ world, item }) => world.begin(item, verb ?? '', properties),
  };
}

const commit = (name: string): Asked => asked(name, ['failoverCommit', 'commitFailover']);

/** An agent beside the machine that came up, which its guest has written to. */
async function moveIn(life: Life, fabricId?: string): Promise<SimulatedMachine> {
  const away = await life.world.installAgent(life.item, fabricId);
  away.write(0, 512, Buffer.alloc(512, 0xaa));
  life.away = away;
  return away;
}

function movingIn(verb: Asked): Asked {
  return { ...verb, then: async (life) => void (await moveIn(life)) };
}

/** A reprotect that puts a new item in place of the old one. */
function replacing(verb: Asked, whose: (life: Life) => SimulatedMachine): Asked {
  return {
    ...verb,
    ask: async (life) => {
      const { itemId } = life.item;
      const jobId = await verb.ask(life);
      life.item = whose(life);
      life.item.itemId = `${itemId}-new`;
      return jobId;
    },
    then: ({ world, item }) => world.finalize(item),
  };
}

const awayOf = ({ away, home: machine }: Life): SimulatedMachine => away ?? machine;
const hyperV = { instanceType: 'HyperVReplicaAzure' };

const hyperVLife: readonly Asked[] = [
  asked('tested', ['testFailover'], {
    ...{ ...out, networkType: 'NoNetworkAsInput', providerSpecificDetails: hyperV },
  }),
  asked('cleaned-up', ['testFailoverCleanup']),
  asked('unplanned', ['unplannedFailover'], unplanned(hyperV)),
  {
    ...{ name: 'another-point', orchestration: 'applyRecoveryPoint' },
    ask: ({ world, item }) => {
      const [first = ''] = item.atPoint.keys();
      const recoveryPointId = `${item.itemId}/recoveryPoints/${first}`;
      return world.begin(item, 'applyRecoveryPoint', { recoveryPointId, providerSpecificDetails: hyperV });
    },
  },
  movingIn(commit('committed')),
  asked('home', ['plannedFailover'], {
    ...{ ...home, providerSpecificDetails: { instanceType: 'HyperVReplicaAzureFailback' } },
  }),
  commit('committed-home'),
  asked('protected-again', ['reProtect', 'reprotect'], { providerSpecificDetails: hyperV }),
  asked('planned', ['plannedFailover'], { ...out, providerSpecificDetails: hyperV }),
  asked('disabled-away', ['remove', 'disableProtection']),
];

const rcmHome = {
  ...home,
  providerSpecificDetails: { instanceType: 'InMageRcmFailback', recoveryPointType: 'CrashConsistent' },
};
const applianceLife: readonly Asked[] = [
  asked(
    'unplanned',
    ['unplannedFailover'],
    unplanned({ instanceType: 'InMageRcm', performShutdown: 'true' }),
  ),
  movingIn(commit('committed')),
  asked('reversed', ['reProtect', 'reprotect'], {
    providerSpecificDetails: {
      ...{ instanceType: 'InMageRcm', reprotectAgentId: 'agent', datastoreName: 'store' },
      logStorageAccountId: 'account',
    },
  }),
  asked('home', ['plannedFailover'], rcmHome),
  asked('cancelled', ['failoverCancel', 'cancelFailover']),
  asked('home-again', ['plannedFailover'], rcmHome),
  commit('committed-home'),
  asked('protected-again', ['reProtect', 'reprotect'], {
    providerSpecificDetails: { instanceType: 'InMageRcmFailback', processServerId: 'p', policyId: 'policy' },
  }),
];

const classicLife: readonly Asked[] = [
  asked('unplanned', ['unplannedFailover'], unplanned({ instanceType: 'InMageAzureV2' })),
  movingIn(commit('committed')),
  replacing(
    asked('replaced', ['reProtect', 'reprotect'], {
      providerSpecificDetails: { instanceType: 'InMageAzureV2' },
    }),
    awayOf,
  ),
  asked('home', ['unplannedFailover'], {
    ...{ ...home, sourceSiteOperations: 'Required' },
    providerSpecificDetails: { instanceType: 'InMage', recoveryPointType: 'LatestTime' },
  }),
  commit('committed-home'),
  replacing(
    asked('replaced-home', ['reProtect', 'reprotect'], {
      providerSpecificDetails: {
        ...{ instanceType: 'InMage', masterTargetId: 'm', processServerId: 'p', retentionDrive: '/' },
        profileId: 'policy',
      },
    }),
    ({ home: machine }) => machine,
  ),
];

const regionLife: readonly Asked[] = [
  asked('unplanned', ['unplannedFailover'], unplanned({ instanceType: 'A2A' })),
  {
    ...commit('committed'),
    then: async (life) => void (await moveIn(life, `${vault}/replicationFabrics/recovery`)),
  },
  {
    ...{ name: 'turned-round', orchestration: 'switchProtection' },
    ask: async (life) => {
      const { world, item } = life;
      const container = item.itemId.split('/').slice(0, -2).join('/');
      const jobId = await world.beginAt(container, 'switchprotection', {
        replicationProtectedItemName: 'web',
        providerSpecificDetails: { instanceType: 'A2A', recoveryContainerId: container },
      });
      life.item = awayOf(life);
      life.item.itemId = item.itemId.replace('site-A2A', 'recovery');
      return jobId;
    },
    then: ({ world, item }) => world.finalize(item),
  },
  asked('home', ['unplannedFailover'], unplanned({ instanceType: 'A2A' })),
  commit('committed-home'),
];

/** Every verb of failing over, in an order in which a machine may meet them; a scenario each. */
export const lives = {
  HyperVReplicaAzure: hyperVLife,
  InMageRcm: applianceLife,
  InMageAzureV2: classicLife,
  A2A: regionLife,
} as const;
export type LifeScenario = keyof typeof lives;

/** A machine with two points, the first of them its first copy, at the start of its life. */
export async function bornIn(
  world: FailoverWorld,
  scenario: LifeScenario,
  options: ProtectOptions = { sizeBytes: 16_384 },
): Promise<Life> {
  const machine = await world.protect(scenario, options);
  await world.point(machine);
  return { world, home: machine, item: machine };
}
