import { type Action, ActionType, flatten, leafLabel, type Leaf } from './actions';
import { type HistoryEvent } from './history';
import { type Progress } from './progress';
import { type OrchestratorResult } from './result';
import { scheduledEvent, type Scheduling } from './schedule';

/** What an orchestrator's run asks for beyond what its history already holds. */
export interface Plan {
  readonly scheduled: readonly HistoryEvent[];
  readonly cancelledTimers: readonly number[];
  readonly continueAsNew?: Action;
  /** Names of the external events waited for, once for each wait. */
  readonly waits: readonly string[];
}

/**
 * The SDK answers with everything asked for since the beginning. What history holds must come first and be the same;
 * the rest is new.
 */
export function planFrom(
  progress: Progress,
  result: OrchestratorResult,
  scheduling: Scheduling,
): Plan | { readonly problem: string } {
  const asked = flatten(result.actions.flat());
  const isFunctionFailure = result.error !== undefined && result.actions.length === 0;
  const difference = isFunctionFailure ? undefined : differenceFrom(progress, asked.leaves);
  if (difference !== undefined) return { problem: difference };

  const fresh = asked.leaves.slice(progress.roots.length);
  const firstId = progress.nextId;
  return {
    scheduled: fresh.map((leaf, index) => scheduledEvent(leaf, firstId + index, scheduling)),
    cancelledTimers: cancelledTimers(progress, asked.leaves),
    waits: asked.waits,
    ...(asked.continueAsNew === undefined ? {} : { continueAsNew: asked.continueAsNew }),
  };
}

function differenceFrom(progress: Progress, leaves: readonly Leaf[]): string | undefined {
  for (const [index, { id, label }] of progress.roots.entries()) {
    const leaf = leaves[index];
    const found = leaf === undefined ? 'nothing' : leafLabel(leaf);
    if (found !== label) {
      return `Non-deterministic orchestration: history has ${label} with id ${id}, the replay produced ${found}`;
    }
  }
  return undefined;
}

function cancelledTimers(progress: Progress, leaves: readonly Leaf[]): number[] {
  return progress.roots
    .filter(({ id }, index) => {
      const action = leaves[index]?.action;
      return (
        action?.actionType === ActionType.CreateTimer && action.isCanceled === true && progress.open.has(id)
      );
    })
    .map(({ id }) => id);
}

/** External events nobody has read yet: buffered ones are read first come, first served, by name. */
export function unreadEvents(progress: Progress, waits: readonly string[]): HistoryEvent[] {
  const reads = countsOf(waits);
  return progress.raised.filter(({ Name: name = '' }) => {
    const left = reads.get(name) ?? 0;
    reads.set(name, left - 1);
    return left <= 0;
  });
}

/** Whether anything can still move this execution on. */
export function isWaiting(progress: Progress, waits: readonly string[]): boolean {
  if (progress.open.size > 0 || progress.requests.size > 0) return true;
  const arrived = countsOf(progress.raised.map(({ Name: name = '' }) => name));
  return [...countsOf(waits)].some(([name, count]) => count > (arrived.get(name) ?? 0));
}

function countsOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
