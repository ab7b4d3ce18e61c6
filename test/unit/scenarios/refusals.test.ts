import { allowedOperations, judge } from '../../../shared/model/scenarios/allowed';
import { scenarios } from '../../../shared/model/scenarios';
import { type InstanceType, instanceTypes, type Verb, verbs } from '../../../shared/model/scenarios/scenario';

/** What each scenario never offers, written here by hand and not read from the tables. */
const never: Readonly<Record<InstanceType, readonly Verb[]>> = {
  A2A: ['plannedFailover', 'failback', 'reprotect', 'cancelFailover', 'switchProvider', 'updateAppliance'],
  HyperVReplicaAzure: [
    ...(['switchProtection', 'cancelFailover', 'addDisks', 'removeDisks'] as const),
    ...(['updateMobilityService', 'switchProvider', 'updateAppliance'] as const),
  ],
  HyperVReplica2012R2: [
    ...(['failback', 'switchProtection', 'completeMigration', 'addDisks', 'removeDisks'] as const),
    ...(['updateMobilityService', 'switchProvider', 'updateAppliance'] as const),
  ],
  InMageAzureV2: [
    'plannedFailover',
    'failback',
    'cancelFailover',
    'addDisks',
    'removeDisks',
    'updateAppliance',
  ],
  InMage: [
    ...([
      'plannedFailover',
      'failback',
      'switchProtection',
      'applyRecoveryPoint',
      'completeMigration',
    ] as const),
    ...(['cancelFailover', 'addDisks', 'removeDisks', 'switchProvider', 'updateAppliance'] as const),
  ],
  InMageRcm: [
    ...(['plannedFailover', 'failback', 'switchProtection', 'cancelFailover'] as const),
    ...(['addDisks', 'removeDisks', 'switchProvider'] as const),
  ],
  InMageRcmFailback: [
    ...(['unplannedFailover', 'testFailover', 'testFailoverCleanup', 'applyRecoveryPoint'] as const),
    ...(['completeMigration', 'failback', 'switchProtection', 'updateProtectedItem'] as const),
    ...(['addDisks', 'removeDisks', 'switchProvider', 'updateAppliance'] as const),
  ],
};

/** Site Recovery's allowed operations in the states that were seen on the wire, in their order. */
const observed: readonly (readonly [InstanceType, string, readonly string[]])[] = [
  ['A2A', 'Protected', ['RepairReplication', 'UnplannedFailover', 'DisableProtection', 'TestFailover']],
  ['A2A', 'TestFailoverCleanupPending', ['TestFailoverCleanup']],
  [
    'A2A',
    'UnplannedFailoverCommitPendingStatesBegin',
    ['CompleteMigration', 'Commit', 'DisableProtection', 'ChangePit'],
  ],
  ['A2A', 'UnplannedFailoverCommitted', ['CompleteMigration', 'DisableProtection', 'SwitchProtection']],
  [
    'HyperVReplicaAzure',
    'Protected',
    ['PlannedFailover', 'UnplannedFailover', 'DisableProtection', 'TestFailover'],
  ],
  [
    'HyperVReplicaAzure',
    'PlannedFailoverCommitRequired',
    ['CompleteMigration', 'Commit', 'DisableProtection', 'ChangePit'],
  ],
  [
    'HyperVReplicaAzure',
    'PlannedFailoverStatesBegin',
    ['CompleteMigration', 'DisableProtection', 'Failback'],
  ],
  ['InMageAzureV2', 'Protected', ['UnplannedFailover', 'DisableProtection', 'TestFailover']],
  ['InMageRcmFailback', 'Protected', ['PlannedFailover', 'DisableProtection']],
];

const calm = { busy: false, resyncRequired: false };

describe.each(instanceTypes)('a machine of %s', (instanceType) => {
  const scenario = scenarios[instanceType];

  it('is refused exactly the verbs that its scenario never offers, in every state, with a reason', () => {
    for (const state of Object.keys(scenario.states)) {
      const refused = verbs.filter((verb) => {
        const verdict = judge(scenario, { ...calm, state }, verb);
        return !verdict.allowed && verdict.because === 'never';
      });
      expect(refused.toSorted()).toEqual(never[instanceType].toSorted());
    }
    for (const reason of Object.values(scenario.refuses)) expect(reason).toMatch(/\.$/);
  });

  it('can do everything else in some state', () => {
    const offered = new Set(Object.values(scenario.states).flatMap(({ on }) => Object.keys(on)));
    expect(verbs.filter((verb) => !offered.has(verb)).toSorted()).toEqual(never[instanceType].toSorted());
  });

  it('is led by every verb and happening to a state that exists, and reaches every state', () => {
    const reached = new Set([scenario.initial]);
    for (const state of Object.values(scenario.states)) {
      for (const next of [...Object.values(state.on), ...Object.values(state.happens ?? {})]) {
        const turned = Object.values(scenario.turnsInto ?? {}).some(
          (other) => scenarios[other].states[next] !== undefined,
        );
        expect(next === 'gone' || next in scenario.states || turned).toBe(true);
        reached.add(next);
      }
    }
    expect(Object.keys(scenario.states).filter((state) => !reached.has(state))).toEqual([]);
  });

  it('may always be purged, and allows nothing else while a job runs', () => {
    for (const state of Object.keys(scenario.states)) {
      const standing = { state, busy: true, resyncRequired: true };
      expect(allowedOperations(scenario, standing)).toEqual([]);
      const allowed = verbs.filter((verb) => judge(scenario, standing, verb).allowed);
      expect(allowed).toEqual(['purgeProtection']);
    }
  });
});

describe('the state tables', () => {
  it.each(observed)('allow of %s in %s what was seen on the wire', (instanceType, state, operations) => {
    expect(allowedOperations(scenarios[instanceType], { ...calm, state })).toEqual(operations);
  });

  it('offer a repair of what replicates by logs only when it needs one', () => {
    for (const instanceType of ['HyperVReplicaAzure', 'HyperVReplica2012R2', 'InMageAzureV2'] as const) {
      const ask = (resyncRequired: boolean): readonly string[] =>
        allowedOperations(scenarios[instanceType], { state: 'Protected', busy: false, resyncRequired });
      expect(ask(false)).not.toContain('RepairReplication');
      expect(ask(true)).toContain('RepairReplication');
    }
  });
});
