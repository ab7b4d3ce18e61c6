import type { DesiredMarkers } from '../../../shared/contracts/agent/desired';
import type { Clock } from '../../../shared/ports/clock';
import type { Ids } from '../../../shared/ports/ids';
import type { Log } from '../../../shared/ports/log';
import type { AgentKey } from '../../service/agent-key';

/** A member list with agents other than this one. */
export type GroupMarkers = DesiredMarkers & { readonly group: NonNullable<DesiredMarkers['group']> };

/** What both sides of a group's conversation need to know of this agent. */
export interface GroupSettings {
  readonly agentId: string;
  readonly key: AgentKey;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Where a coordinator listens, if not at the address that the members are told. */
  readonly listenAddress?: string | undefined;
  /** How long a marker may be prepared, and for how long guests may be held for it. */
  readonly prepareLimitInMs: number;
  readonly holdLimitInMs: number;
}

export function publicKeysOf({ group }: GroupMarkers): ReadonlyMap<string, string> {
  return new Map(group.members.map(({ agentId, publicKey }) => [agentId, publicKey]));
}

/** The first agent of the list coordinates. */
export function coordinatorOf({ group }: GroupMarkers): string | undefined {
  return group.members[0]?.agentId;
}
