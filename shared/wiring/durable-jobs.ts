import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';
import type { JobState, Jobs } from '../ports/jobs';

const states: Readonly<Record<OrchestrationRuntimeStatus, JobState>> = {
  [OrchestrationRuntimeStatus.Pending]: 'pending',
  [OrchestrationRuntimeStatus.Running]: 'running',
  [OrchestrationRuntimeStatus.ContinuedAsNew]: 'running',
  [OrchestrationRuntimeStatus.Suspended]: 'suspended',
  [OrchestrationRuntimeStatus.Completed]: 'succeeded',
  [OrchestrationRuntimeStatus.Failed]: 'failed',
  [OrchestrationRuntimeStatus.Canceled]: 'cancelled',
  [OrchestrationRuntimeStatus.Terminated]: 'cancelled',
};

/**
 * Jobs on Durable Functions: a job is the orchestration of the same id. The client is made at its first use, since making
 * one checks every address in the binding, and most calls of the API have no job to ask about.
 */
export function durableJobs(makeClient: () => DurableClient): Jobs {
  let made: DurableClient | undefined;
  const client = (): DurableClient => (made ??= makeClient());
  const statusOf: Jobs['status'] = async (id) => {
    // The client says that there is no such instance by failing, and gives no other sign of it.
    const found = await client()
      .getStatus(id)
      .catch(() => undefined);
    if (found === undefined) return undefined;
    return { id, state: states[found.runtimeStatus], output: found.output };
  };
  return {
    start: async (id, orchestration, input) => {
      if ((await statusOf(id)) === undefined)
        await client().startNew(orchestration, { instanceId: id, input });
    },
    tell: async (id, event, data) => {
      const job = await statusOf(id);
      if (job !== undefined && isAlive(job.state)) await client().raiseEvent(id, event, data);
    },
    terminate: async (id, reason) => {
      const job = await statusOf(id);
      if (job !== undefined && isAlive(job.state)) await client().terminate(id, reason);
    },
    status: statusOf,
    forget: async (id) => {
      await client().purgeInstanceHistory(id);
    },
  };
}

function isAlive(state: JobState): boolean {
  return state === 'pending' || state === 'running' || state === 'suspended';
}
