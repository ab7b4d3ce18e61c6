import { assert, present } from '../../assert';
import { gone, publicNames, verbs, type Happening, type Scenario, type State, type Verb } from './scenario';

/** What decides on an item's verbs. */
export interface Standing {
  readonly state: string;
  /** A job holds the item: nothing else may start. */
  readonly busy: boolean;
  readonly resyncRequired: boolean;
}

export type Verdict =
  | { readonly allowed: true; readonly next: string }
  /** `never`: this scenario does not offer it at all. `busy` and `state`: not now. */
  | { readonly allowed: false; readonly because: 'never' | 'busy' | 'state'; readonly reason: string };

/** The state of this name. An unknown one is our own mistake: items are only ever moved along the table. */
export function stateOf(scenario: Scenario, name: string): State {
  return present(scenario.states[name], `state ${name} of ${scenario.instanceType}`);
}

/** What Site Recovery calls the state. */
export function protectionState(scenario: Scenario, name: string): string {
  return stateOf(scenario, name).protectionState ?? name;
}

/** Whether this verb may start on an item now, where it leads, or why not. */
export function judge(scenario: Scenario, standing: Standing, verb: Verb): Verdict {
  const never = scenario.refuses[verb];
  if (never !== undefined) return { allowed: false, because: 'never', reason: never };
  const state = stateOf(scenario, standing.state);
  // A purge is the way out of everything, a stuck job included.
  if (standing.busy && verb !== 'purgeProtection')
    return {
      allowed: false,
      because: 'busy',
      reason: 'A job is running on this item: wait for it, or cancel it.',
    };
  const next = state.on[verb];
  if (next === undefined || isWithheld(state, standing, verb)) {
    return { allowed: false, because: 'state', reason: refusalIn(state, standing, verb) };
  }
  return { allowed: true, next };
}

/** Site Recovery's `allowedOperations`. */
export function allowedOperations(scenario: Scenario, standing: Standing): readonly string[] {
  if (standing.busy) return [];
  const state = stateOf(scenario, standing.state);
  return Object.keys(state.on)
    .filter((name): name is Verb => verbs.some((verb) => verb === name))
    .filter((verb) => !isWithheld(state, standing, verb))
    .flatMap((verb) => publicNames[verb] ?? []);
}

/** The state an item is in after something happened to it; unchanged where that says nothing to it. */
export function afterHappening(scenario: Scenario, state: string, happening: Happening): string {
  return stateOf(scenario, state).happens?.[happening] ?? state;
}

/** The state a verb that was allowed ends in; `gone` when the item ends. */
export function afterVerb(scenario: Scenario, state: string, verb: Verb): string {
  const next = stateOf(scenario, state).on[verb];
  assert(next !== undefined, `${verb} cannot end in state ${state} of ${scenario.instanceType}`);
  return next;
}

export { gone };

function isWithheld(state: State, { resyncRequired }: Standing, verb: Verb): boolean {
  return !resyncRequired && (state.whenResyncRequired?.includes(verb) ?? false);
}

function refusalIn(state: State, standing: Standing, verb: Verb): string {
  if (isWithheld(state, standing, verb))
    return 'Replication of this item is in order: there is nothing to repair.';
  const offered = Object.keys(state.on)
    .flatMap((name) => publicNames[name as Verb] ?? [])
    .join(', ');
  return `${publicNames[verb] ?? verb} is not allowed while the item is "${state.description}". Allowed now: ${offered}.`;
}
