import { z } from 'zod';
import { type PlanAction, PlanGroup, type RecoveryPlan } from '../../contracts/catalogue/recovery-plan';
import { LifeboatError } from '../../errors';
import { isSameResource, parseResourceId } from '../../model/resource-id';
import { readResource } from '../../service/catalogue/resources';
import { parseBody } from '../../contracts/request-body';
import { foundItem } from '../items/item-of';
import type { Call } from '../operations/call';
import { requireLinked } from '../resources/resource-for';

const azure = 'Microsoft Azure';
const text = z.string().min(1).max(2048);

export const PlanInput = z.looseObject({
  properties: z.looseObject({
    primaryFabricId: text,
    recoveryFabricId: text,
    failoverDeploymentModel: z.enum(['NotApplicable', 'Classic', 'ResourceManager']).nullish(),
    groups: z
      .array(z.looseObject({ groupType: z.string() }))
      .min(1)
      .max(14),
    providerSpecificInput: z
      .array(z.looseObject({ instanceType: z.string() }))
      .max(8)
      .nullish(),
  }),
});

export const PlanUpdate = z.looseObject({
  properties: z
    .looseObject({
      groups: z
        .array(z.looseObject({ groupType: z.string() }))
        .min(1)
        .max(14)
        .nullish(),
    })
    .nullish(),
});

const failoverTypes = ['PlannedFailover', 'UnplannedFailover', 'TestFailover'];
const details: Readonly<Record<string, readonly string[]>> = {
  ScriptActionDetails: ['path', 'fabricLocation'],
  ManualActionDetails: [],
  AutomationRunbookActionDetails: ['fabricLocation'],
};

/** The plan as it is kept, with everything it names looked up. */
export async function planOf(call: Call, { properties }: z.infer<typeof PlanInput>): Promise<RecoveryPlan> {
  const primary = await requireLinked(call, properties.primaryFabricId);
  const recovery =
    properties.recoveryFabricId === azure
      ? azure
      : (await requireLinked(call, properties.recoveryFabricId)).id;
  const { groups, providers } = await groupsOf(call, properties.groups);
  return {
    friendlyName: call.params['recoveryPlanName'] ?? '',
    primaryFabricId: primary.id,
    recoveryFabricId: recovery,
    failoverDeploymentModel: properties.failoverDeploymentModel ?? 'ResourceManager',
    groups: [...groups],
    replicationProviders: providers,
    providerSpecificInput: properties.providerSpecificInput ?? [],
  };
}

/** The groups of a plan, each member there, none of them twice; and the scenarios they come from. */
export async function groupsOf(
  call: Call,
  given: readonly unknown[],
): Promise<{ groups: readonly PlanGroup[]; providers: readonly string[] }> {
  const groups = given.map((group) => parseBody(PlanGroup, group));
  const fixed = groups.filter(({ groupType }) => groupType !== 'Boot').map(({ groupType }) => groupType);
  if (new Set(fixed).size !== fixed.length) {
    throw new LifeboatError(
      'BadRequest',
      'A plan has one Shutdown and one Failover group; only Boot groups repeat.',
      {
        target: 'properties.groups',
      },
    );
  }
  const ids = groups.flatMap((group) => group.replicationProtectedItems ?? []).flatMap(({ id }) => id ?? []);
  const providers = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (ids.slice(0, index).some((other) => isSameResource(other, id))) {
      throw new LifeboatError('BadRequest', `"${id.split('/').at(-1) ?? id}" is in the plan twice.`, {
        target: id,
      });
    }
    providers.add(await scenarioOfMember(call, id));
  }
  for (const group of groups) {
    for (const action of [...(group.startGroupActions ?? []), ...(group.endGroupActions ?? [])])
      checkAction(action);
  }
  return { groups, providers: [...providers] };
}

async function scenarioOfMember(call: Call, id: string): Promise<string> {
  const isItem = parseResourceId(id)?.types.at(-1)?.toLowerCase() === 'replicationprotecteditems';
  const found = isItem ? await readResource(call.services.records, id) : undefined;
  if (found === undefined) {
    throw new LifeboatError('ParentNotFound', `The plan names a protected item that is not there: "${id}".`, {
      target: id,
    });
  }
  return foundItem(found.resource).item.instanceType;
}

function checkAction(action: PlanAction): void {
  const needed = details[action.customDetails.instanceType];
  const target = 'properties.groups';
  if (needed === undefined) {
    const known = Object.keys(details).join(', ');
    throw new LifeboatError('BadRequest', `The action "${action.actionName}" is one of ${known}.`, {
      target,
    });
  }
  const missing = needed.find((field) => typeof action.customDetails[field] !== 'string');
  if (missing !== undefined) {
    throw new LifeboatError('BadRequest', `The action "${action.actionName}" has no ${missing}.`, { target });
  }
  const wrong = action.failoverTypes.find(
    (type) =>
      !failoverTypes.includes(type) &&
      !/Commit|Reverse|Repair|DisableProtection|Switch|Cleanup|Cancel|Failback|ChangePit|CompleteMigration/.test(
        type,
      ),
  );
  if (wrong !== undefined) {
    throw new LifeboatError(
      'BadRequest',
      `The action "${action.actionName}" names no failover by "${wrong}".`,
      { target },
    );
  }
}
