import type { ReplicaRecord } from '../contracts/replication/replica-record';
import type { Clock } from '../ports/clock';
import type { Telemetry } from '../ports/telemetry';
import { measureReplica } from './measure-replica';

interface Measuring {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Measures each replica as a sweep finds it, and at its end how the whole installation stands. */
export class MeasuredSweep {
  #found = nothingFound();

  constructor(private readonly measuring: Measuring) {}

  observe(record: ReplicaRecord): void {
    const { rpoInMs = 0, lagLogs = 0, backlogBytes = 0 } = measureReplica(record, this.measuring);
    const found = this.#found;
    found.worstRpoInMs = Math.max(found.worstRpoInMs, rpoInMs);
    found.lagLogs += lagLogs;
    found.backlogBytes += backlogBytes;
    found.replicas[record.health] += 1;
  }

  async around<T>(sweep: () => Promise<T>): Promise<T> {
    const { telemetry } = this.measuring;
    this.#found = nothingFound();
    const swept = await telemetry.span({ name: 'sweep' }, sweep);
    const { worstRpoInMs, lagLogs, backlogBytes, replicas } = this.#found;
    telemetry.level('lifeboat.rpo.worst.ms', worstRpoInMs);
    telemetry.level('lifeboat.lag.logs', lagLogs);
    telemetry.level('lifeboat.backlog.bytes', backlogBytes);
    for (const [health, count] of Object.entries(replicas))
      telemetry.level('lifeboat.replicas', count, { health });
    return swept;
  }
}

function nothingFound() {
  const replicas: Record<ReplicaRecord['health'], number> = { Normal: 0, Warning: 0, Critical: 0 };
  return { worstRpoInMs: 0, lagLogs: 0, backlogBytes: 0, replicas };
}
