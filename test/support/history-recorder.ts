import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OrchestrationHandler } from 'durable-functions';
import { z } from 'zod';
import { EventType, type HistoryEvent } from '../../local/durable/replay/history';
import { planFrom } from '../../local/durable/replay/plan';
import { Progress } from '../../local/durable/replay/progress';
import { resultFrom, resultFromError } from '../../local/durable/replay/result';
import { textOf } from '../../local/durable/state/history-cache';
import { orchestratorPayload } from '../../local/durable/turns/orchestrator-payload';
import { invokeThroughSdk } from './durable/sdk';

/** A history as it was, kept so that its orchestration can be asked at any later time whether it still agrees. */
const RecordedHistory = z.object({
  instanceId: z.string(),
  parentInstanceId: z.string().nullable(),
  history: z
    .array(z.looseObject({ EventType: z.number(), EventId: z.number(), Timestamp: z.string() }))
    .min(2),
});
export interface RecordedHistory {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  /** As `DurableEngine.history` gives it. */
  readonly history: readonly object[];
}

/** Where the history of this name is kept. */
export function historyFile(orchestration: string, name: string): string {
  return join('test', 'histories', orchestration, `${name}.json`);
}

/** Saves a history: once for each way a shipped orchestration can go. */
export function recordHistory(file: string, recorded: RecordedHistory): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(RecordedHistory.parse(recorded), undefined, 2)}\n`);
}

export function readHistoryFile(file: string): RecordedHistory {
  return RecordedHistory.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * Runs the orchestrator over every turn of a recorded history in the real SDK. Throws if it asks for anything but what
 * the history holds: then the change is a new orchestration, under a new name.
 */
export async function replayHistory(
  orchestrator: OrchestrationHandler,
  recorded: RecordedHistory,
): Promise<void> {
  const events = recorded.history as readonly HistoryEvent[];
  const progress = new Progress();
  for (const [index, event] of events.entries()) {
    progress.record(event);
    if (event.EventType !== EventType.OrchestratorCompleted) continue;
    await replayTurn(orchestrator, { recorded, events: events.slice(0, index), progress });
  }
}

async function replayTurn(
  orchestrator: OrchestrationHandler,
  {
    recorded,
    events,
    progress,
  }: { recorded: RecordedHistory; events: readonly HistoryEvent[]; progress: Progress },
): Promise<void> {
  const input = events.find(({ EventType: type }) => type === EventType.ExecutionStarted)?.Input ?? null;
  const row = { id: recorded.instanceId, input, parent_instance: recorded.parentInstanceId };
  const payload = orchestratorPayload(row, events.map((event) => textOf(event, true)).join(','), []);
  const call = { kind: 'orchestrator', name: 'replayed', data: { string: payload } } as const;
  const result = await invokeThroughSdk({ orchestrators: { replayed: orchestrator } }, call)
    .then(resultFrom)
    .catch(resultFromError);
  const plan = planFrom(progress, result, { instanceId: row.id, execution: '', nowMs: progress.nowMs });
  if ('problem' in plan) throw new Error(plan.problem);
  const [more] = plan.scheduled;
  if (more === undefined) return;
  throw new Error(
    `Non-deterministic orchestration: the replay asked for more than its history holds: ${JSON.stringify(more)}`,
  );
}
