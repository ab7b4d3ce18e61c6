import type { ApiAnswer, ApiRequest } from './arm/http/exchange';
import { discoveredKeys } from './arm/identity/discovered-keys';
import { tokenVerifier } from './arm/identity/tokens';
import { cosmosRecords } from './azure/cosmos-records';
import { azureCredential } from './azure/credential';
import type { ControlJob } from './contracts/jobs/control-job';
import type { JobOutcome } from './contracts/jobs/record';
import type { Jobs } from './ports/jobs';
import { runControlJob } from './service/jobs/run-control-job';
import { readSettings, type Settings } from './settings';
import { lineLog } from './system/line-log';
import { systemClock } from './system/system-clock';
import { systemIds } from './system/system-ids';
import { wireApi } from './wiring/api';
import { wireReplication, type Replication } from './wiring/replication';

/** Everything a trigger may call, put together once per process. */
export interface Wiring {
  readonly settings: Settings;
  readonly api: (request: ApiRequest, jobs: Jobs) => Promise<ApiAnswer>;
  readonly runControlJob: (job: ControlJob) => Promise<JobOutcome>;
  /** Put together at the first use: an app that only answers HTTP opens no connection to the queue. */
  readonly replication: () => Replication;
}

let wired: Wiring | undefined;

/** The one place that chooses implementations. Built at the first use, so that a wrong setting fails a call, not the load. */
export function wiring(): Wiring {
  wired ??= wire(readSettings());
  return wired;
}

function wire(settings: Settings): Wiring {
  const clock = systemClock;
  const credential = azureCredential({ isPrivateAuthority: settings.IDENTITY_PRIVATE_AUTHORITY });
  const records = cosmosRecords({
    endpoint: settings.COSMOS_ENDPOINT,
    database: settings.COSMOS_DATABASE,
    ...(settings.COSMOS_KEY === undefined
      ? { credential, createMissing: false }
      : { key: settings.COSMOS_KEY }),
  });
  const verify = tokenVerifier({
    issuer: settings.IDENTITY_ISSUER,
    audience: settings.IDENTITY_AUDIENCE,
    tenant: settings.IDENTITY_TENANT,
    keys: discoveredKeys(settings.IDENTITY_ISSUER),
    clock,
  });
  let replication: Replication | undefined;
  return {
    settings,
    replication: () =>
      (replication ??= wireReplication({ settings, credential, records, clock, ids: systemIds })),
    api: wireApi({
      records,
      clock,
      ids: systemIds,
      log: lineLog,
      verify,
      retryAfterInSeconds: settings.JOB_RETRY_AFTER_SECONDS,
      faces: [],
    }),
    runControlJob: (job) => runControlJob({ records, clock }, job),
  };
}
