import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import { judge } from '../../model/scenarios/allowed';
import { scenarios } from '../../model/scenarios';
import type { Scenario, Verb } from '../../model/scenarios/scenario';
import { readResource } from '../../service/catalogue/resources';
import { parseBody } from '../../contracts/request-body';
import type { Call } from '../operations/call';

export interface FoundItem {
  readonly resource: Resource;
  readonly item: ProtectedItem;
  readonly scenario: Scenario;
}

/** A protected item as the operations look at it. */
export function foundItem(resource: Resource): FoundItem {
  const item = ProtectedItem.parse(resource.properties);
  return { resource, item, scenario: scenarios[item.scenario] };
}

/** Refuses at once what the scenario never offers, before anything is said about the request's details. */
export function refuseForeignVerb({ scenario, item }: FoundItem, verb: Verb): void {
  const standing = { state: item.state, busy: false, resyncRequired: item.resyncRequired };
  const verdict = judge(scenario, standing, verb);
  if (!verdict.allowed && verdict.because === 'never') {
    throw new LifeboatError('UnsupportedScenario', verdict.reason, { target: verb });
  }
}

/** The provider's part of a request, as the item's scenario takes it. One that is left out is an empty one. */
export function providerInput(
  { scenario, item }: FoundItem,
  verb: Verb,
  given: unknown,
): Record<string, unknown> | undefined {
  const schema = scenario.inputs[verb];
  if (schema === undefined || (verb !== 'failback' && isEmpty(given) && schema.safeParse({}).success)) {
    return isEmpty(given) ? undefined : asRecord(given);
  }
  const named = { instanceType: namedBy(verb, item.instanceType), ...asRecord(given ?? {}) };
  if (named.instanceType !== namedBy(verb, item.instanceType)) {
    throw new LifeboatError(
      'BadRequest',
      `The item is one of ${item.instanceType}, the request is for ${String(named.instanceType)}.`,
      { target: 'properties.providerSpecificDetails.instanceType' },
    );
  }
  return asRecord(parseBody(schema, named));
}

/** The point a request names; undefined for the latest. It is one of this item. */
export async function recoveryPointOf(
  call: Call,
  { resource }: FoundItem,
  id: unknown,
): Promise<string | undefined> {
  if (typeof id !== 'string' || id === '') return undefined;
  const isOwn = id.toLowerCase().startsWith(`${resource.id.toLowerCase()}/recoverypoints/`);
  const point = isOwn ? await readResource(call.services.records, id) : undefined;
  if (point !== undefined) return point.resource.id;
  throw new LifeboatError('NotFound', 'The item has no such recovery point.', { target: id });
}

/** What an item is called in its failback requests. */
function namedBy(verb: Verb, instanceType: string): string {
  return verb === 'failback' ? `${instanceType}Failback` : instanceType;
}

function isEmpty(given: unknown): boolean {
  return given === null || given === undefined;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
