import { z } from 'zod';
import { LifeboatError } from '../../errors';
import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Verb } from '../../model/scenarios/scenario';
import { jobLedger } from '../../service/jobs/job-ledger';
import type { ItemOrchestration } from '../../contracts/jobs/item-jobs';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { chosenDisks } from './disks-of';
import { providerInput, recoveryPointOf } from './item-of';
import { itemFor, startVerb } from './start-verb';
import { isText, texts } from './texts';
import { text } from './verb-bodies';
import type * as bodies from './verb-bodies';

/** A network is part of the request where the request says that it is. */
export async function testFailover(
  call: Call,
  { properties }: z.infer<typeof bodies.TestFailoverBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'testFailover');
  const checked = providerInput(found, 'testFailover', properties.providerSpecificDetails);
  const recoveryPointId = await recoveryPointOf(call, found, checked?.['recoveryPointId']);
  if (properties.networkType === 'VmNetworkAsInput' && !isText(properties.networkId)) {
    throw new LifeboatError(
      'BadRequest',
      'With networkType "VmNetworkAsInput" the request names the network.',
      {
        target: 'properties.networkId',
      },
    );
  }
  return startVerb(call, found, {
    verb: 'testFailover',
    orchestration: 'testFailover',
    input: {
      direction: properties.failoverDirection ?? 'PrimaryToRecovery',
      ...texts({ networkType: properties.networkType, networkId: properties.networkId, recoveryPointId }),
      ...texts({ comments: properties.comments }),
      ...(checked === undefined ? {} : { provider: checked }),
    },
    customDetails: {
      instanceType: 'TestFailoverJobDetails',
      testFailoverStatus: 'Active',
      protectedItemDetails: [],
    },
  });
}

export async function testFailoverCleanup(
  call: Call,
  body: z.infer<typeof bodies.CommentsBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'testFailoverCleanup');
  return startVerb(call, found, {
    verb: 'testFailoverCleanup',
    orchestration: 'testFailoverCleanup',
    input: texts({ comments: body.properties?.comments }),
    customDetails: { instanceType: 'TestFailoverJobDetails', testFailoverStatus: 'Completed' },
  });
}

/** Back to the primary is a failback, where the scenario has one. */
export async function plannedFailover(
  call: Call,
  { properties }: z.infer<typeof bodies.FailoverBody>,
): Promise<ApiAnswer> {
  const isBack = properties.failoverDirection === 'RecoveryToPrimary';
  const scenario = isBack ? (await itemFor(call, 'purgeProtection')).scenario : undefined;
  const verb: Verb =
    scenario !== undefined && scenario.refuses.failback === undefined ? 'failback' : 'plannedFailover';
  const found = await itemFor(call, verb);
  const checked = providerInput(found, verb, properties.providerSpecificDetails);
  const recoveryPointId = await recoveryPointOf(call, found, checked?.['recoveryPointId']);
  return startVerb(call, found, {
    verb,
    orchestration: 'plannedFailover',
    input: {
      direction: properties.failoverDirection ?? 'PrimaryToRecovery',
      ...texts({ recoveryPointId, comments: properties.comments }),
      ...(checked === undefined ? {} : { provider: checked }),
    },
    customDetails: { instanceType: 'FailoverJobDetails', protectedItemDetails: [] },
  });
}

export async function unplannedFailover(
  call: Call,
  { properties }: z.infer<typeof bodies.FailoverBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'unplannedFailover');
  const checked = providerInput(found, 'unplannedFailover', properties.providerSpecificDetails);
  const recoveryPointId = await recoveryPointOf(call, found, checked?.['recoveryPointId']);
  return startVerb(call, found, {
    verb: 'unplannedFailover',
    orchestration: 'unplannedFailover',
    input: {
      direction: properties.failoverDirection ?? 'PrimaryToRecovery',
      shutDownSource:
        properties.sourceSiteOperations === 'Required' || checked?.['performShutdown'] === 'true',
      ...texts({ recoveryPointId, comments: properties.comments }),
      ...(checked === undefined ? {} : { provider: checked }),
    },
    customDetails: { instanceType: 'FailoverJobDetails', protectedItemDetails: [] },
  });
}

export async function applyRecoveryPoint(
  call: Call,
  { properties }: z.infer<typeof bodies.PointBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'applyRecoveryPoint');
  const checked = providerInput(found, 'applyRecoveryPoint', properties.providerSpecificDetails);
  const recoveryPointId = await recoveryPointOf(
    call,
    found,
    properties.recoveryPointId ?? checked?.['recoveryPointId'],
  );
  if (recoveryPointId === undefined) {
    throw new LifeboatError('BadRequest', 'The request names the recovery point to change to.', {
      target: 'properties.recoveryPointId',
    });
  }
  return startVerb(call, found, {
    verb: 'applyRecoveryPoint',
    orchestration: 'applyRecoveryPoint',
    input: {
      ...texts({ recoveryPointId, comments: properties.comments }),
      ...(checked === undefined ? {} : { provider: checked }),
    },
  });
}

export async function reprotect(
  call: Call,
  { properties }: z.infer<typeof bodies.ProviderBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'reprotect');
  const checked = providerInput(found, 'reprotect', properties.providerSpecificDetails) ?? {
    instanceType: found.item.instanceType,
  };
  const replaces = found.scenario.states['UnplannedFailoverCommitted']?.on.reprotect === 'gone';
  return startVerb(call, found, {
    verb: 'reprotect',
    orchestration: 'reprotect',
    input: { provider: checked, ...(replaces ? { newItemId: `${found.resource.id}-new` } : {}) },
  });
}

export async function remove(
  call: Call,
  { properties }: z.infer<typeof bodies.RemoveBody>,
): Promise<ApiAnswer> {
  const isMigration = properties?.disableProtectionReason === 'MigrationComplete';
  const verb: Verb = isMigration ? 'completeMigration' : 'disableProtection';
  const found = await itemFor(call, verb);
  const given = properties?.replicationProviderInput;
  return startVerb(call, found, {
    verb,
    orchestration: 'disableProtection',
    input: {
      reason: properties?.disableProtectionReason ?? 'NotSpecified',
      ...(given === null || given === undefined ? {} : { provider: { ...given } }),
    },
    resultId: null,
  });
}

/** Takes the item away whatever runs on it: a job that held it is ended from outside. */
export async function purge(call: Call): Promise<ApiAnswer> {
  const found = await itemFor(call, 'purgeProtection');
  const running = ProtectedItem.parse(found.resource.properties).hold;
  const answer = await startVerb(call, found, {
    verb: 'purgeProtection',
    orchestration: 'purgeProtection',
    input: {},
    resultId: null,
  });
  if (running !== undefined) {
    await call.services.jobs.terminate(running.jobId, 'The item was purged.');
    const ledger = jobLedger(call.services.records, call.services.clock);
    const name = { vaultId: call.vaultId, jobId: running.jobId };
    if ((await ledger.find(name)) !== undefined) await ledger.finish(name, { state: 'Cancelled' });
  }
  return answer;
}

export async function update(
  call: Call,
  { properties }: z.infer<typeof bodies.UpdateBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'updateProtectedItem');
  const given = properties.providerSpecificDetails;
  const checked =
    given === null || given === undefined ? {} : providerInput(found, 'updateProtectedItem', given);
  const { providerSpecificDetails: _, ...rest } = properties;
  const changes = Object.fromEntries(
    Object.entries({ ...rest, ...checked }).filter(([, value]) => value !== null && value !== undefined),
  );
  delete changes['instanceType'];
  return startVerb(call, found, {
    verb: 'updateProtectedItem',
    orchestration: 'updateProtectedItem',
    input: { changes },
  });
}

/** Disks come or go; which ones, the provider's part says. */
export async function changeDisks(
  call: Call,
  { properties }: z.infer<typeof bodies.ProviderBody>,
  verb: 'addDisks' | 'removeDisks',
): Promise<ApiAnswer> {
  const found = await itemFor(call, verb);
  const checked = providerInput(found, verb, properties.providerSpecificDetails) ?? {};
  const Removed = z.looseObject({
    vmManagedDisksIds: z.array(text).nullish(),
    vmDisksUris: z.array(text).nullish(),
  });
  const { vmManagedDisksIds, vmDisksUris } = Removed.parse(checked);
  const diskIds =
    verb === 'addDisks' ? chosenDisks(checked) : [...(vmManagedDisksIds ?? []), ...(vmDisksUris ?? [])];
  if (diskIds === undefined || diskIds.length === 0) {
    throw new LifeboatError('BadRequest', 'The request names at least one disk.', {
      target: 'properties.providerSpecificDetails',
    });
  }
  const has = (id: string): boolean =>
    found.item.disks.some((disk) => disk.id.toLowerCase() === id.toLowerCase());
  const wrong = diskIds.find((id) => has(id) === (verb === 'addDisks'));
  if (wrong !== undefined) {
    const why = verb === 'addDisks' ? 'is replicated already' : 'is not replicated';
    throw new LifeboatError('BadRequest', `The disk "${wrong}" ${why}.`, { target: wrong });
  }
  return startVerb(call, found, { verb, orchestration: verb, input: { diskIds, provider: checked } });
}

export async function resolveHealthErrors(
  call: Call,
  body: z.infer<typeof bodies.ResolveBody>,
): Promise<ApiAnswer> {
  const found = await itemFor(call, 'resolveHealthErrors');
  const errorIds = (body.properties?.healthErrors ?? []).map(({ healthErrorId }) => healthErrorId);
  for (const id of errorIds) {
    const error = found.item.healthErrors.find((known) => known.id === id);
    if (error?.resolvable === true) continue;
    throw new LifeboatError(
      'BadRequest',
      `"${id}" is no health error of this item that a user may resolve.`,
      {
        target: 'properties.healthErrors',
      },
    );
  }
  return startVerb(call, found, {
    verb: 'resolveHealthErrors',
    orchestration: 'resolveHealthErrors',
    input: { errorIds },
  });
}

/** Verbs whose whole request is handed on: to the mobility service, the appliance, the other provider. */
export async function serviceVerb(
  call: Call,
  { properties }: z.infer<typeof bodies.ServiceBody>,
  verb: 'updateMobilityService' | 'updateAppliance' | 'switchProvider',
): Promise<ApiAnswer> {
  const found = await itemFor(call, verb);
  const given = properties?.providerSpecificDetails;
  if (given !== null && given !== undefined) providerInput(found, verb, given);
  return startVerb(call, found, { verb, orchestration: verb, input: { request: { ...properties } } });
}

/** Verbs that need nothing but the item. */
export async function plainVerb(
  call: Call,
  verb: 'commitFailover' | 'cancelFailover' | 'repairReplication',
): Promise<ApiAnswer> {
  const orchestration: ItemOrchestration = verb;
  return startVerb(call, await itemFor(call, verb), { verb, orchestration, input: {} });
}
