import { ControlJob } from '../../../shared/contracts/jobs/control-job';
import type { Clock } from '../../../shared/ports/clock';
import type { JobState, Jobs, JobStatus } from '../../../shared/ports/jobs';
import type { Records } from '../../../shared/ports/records';
import { runControlJob } from '../../../shared/service/jobs/run-control-job';
import type { TestEngine } from '../durable/test-engine';

const states: Readonly<Record<string, JobState>> = {
  Pending: 'pending',
  Running: 'running',
  Suspended: 'suspended',
  Completed: 'succeeded',
  Failed: 'failed',
  Terminated: 'cancelled',
};

/** Jobs on the durable engine of a test. Those that only change the catalogue are done at once. */
export function engineJobs(engine: () => TestEngine, ports: { records: Records; clock: Clock }): Jobs {
  const status = async (id: string): Promise<JobStatus | undefined> => {
    const found = await engine().request('GET', `instances/${id}`);
    if (found.status === 404) return undefined;
    const { runtimeStatus, output } = found.body as { runtimeStatus: string; output: unknown };
    return { id, state: states[runtimeStatus] ?? 'running', output };
  };
  return {
    start: async (id, orchestration, input) => {
      if (orchestration === 'controlJob') await runControlJob(ports, ControlJob.parse(input));
      else if ((await status(id)) === undefined) await engine().begin(orchestration, input, id);
    },
    tell: async (id, event, data) => void (await engine().raise(id, event, data)),
    terminate: async (id) => void (await engine().request('POST', `instances/${id}/terminate?reason=purged`)),
    status,
    forget: async (id) => void (await engine().request('DELETE', `instances/${id}`)),
  };
}
