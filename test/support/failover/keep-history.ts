import { historyFile, recordHistory, replayHistory } from '../history-recorder';
import { failoverOrchestrations } from './engine-app';
import type { FailoverWorld } from './failover-world';

const handlers = new Map(Object.entries(failoverOrchestrations));

/** Replays the history of a job of failing over that has ended. With RECORD_HISTORIES it is kept under this name. */
export async function keepHistory(
  world: FailoverWorld,
  { orchestration, name, jobId }: { orchestration: string; name: string; jobId: string },
): Promise<void> {
  const handler = handlers.get(orchestration);
  if (handler === undefined) return;
  const recorded = { instanceId: jobId, parentInstanceId: null, history: world.engine.engine.history(jobId) };
  await replayHistory(handler, recorded);
  if (process.env['RECORD_HISTORIES'] === '1') recordHistory(historyFile(orchestration, name), recorded);
}
