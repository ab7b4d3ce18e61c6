import type { ApiAnswer, ApiRequest } from './arm/http/exchange';
import { agentFacePrefix } from './agents/agent-face';
import { discoveredKeys } from './arm/identity/discovered-keys';
import { tokenVerifier } from './arm/identity/tokens';
import { cosmosRecords } from './azure/cosmos-records';
import type { Compute } from './azure/compute/arm-compute';
import { azureCredential } from './azure/credential';
import type { ControlJob } from './contracts/jobs/control-job';
import type { JobOutcome } from './contracts/jobs/record';
import type { Jobs } from './ports/jobs';
import type { Telemetry } from './ports/telemetry';
import type { FailoverService } from './service/failover/failover-service';
import { runControlJob } from './service/jobs/run-control-job';
import { deliverEvent, type CloudEvent } from './service/webhooks/deliver-event';
import { readSettings, type Settings } from './settings';
import { lineLog } from './system/line-log';
import { publicWebhookSender } from './system/public-webhook-sender';
import { systemClock } from './system/system-clock';
import { systemIds } from './system/system-ids';
import { uiFace } from './ui/ui-face';
import { wireApi } from './wiring/api';
import { wireCompute } from './wiring/compute';
import { wireFailover } from './wiring/failover';
import { openTelemetry } from './wiring/open-telemetry';
import { wireProtection, type WiredProtection } from './wiring/protection';
import { wireReplication, type Replication } from './wiring/replication';

/** Everything a trigger may call, put together once per process. */
export interface Wiring {
  readonly settings: Settings;
  readonly telemetry: Telemetry;
  readonly api: (request: ApiRequest, jobs: Jobs) => Promise<ApiAnswer>;
  readonly runControlJob: (job: ControlJob) => Promise<JobOutcome>;
  /** Sends an event to the webhooks that want it; how many got it. */
  readonly deliverEvent: (event: CloudEvent) => Promise<number>;
  /** Put together at the first use: an app that only answers HTTP opens no connection to the queue. */
  readonly replication: () => Replication;
  readonly protection: () => WiredProtection;
  readonly failover: () => FailoverService;
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
  const telemetry = openTelemetry();
  const sender = publicWebhookSender();
  let replicationWired: Replication | undefined;
  const replication = (): Replication =>
    (replicationWired ??= wireReplication({
      settings,
      credential,
      records,
      clock,
      ids: systemIds,
      telemetry,
    }));
  let protectionWired: WiredProtection | undefined;
  const protection = (): WiredProtection =>
    (protectionWired ??= wireProtection({
      ...replication(),
      log: lineLog,
      target: { serviceUrl: settings.IDENTITY_AUDIENCE, cloud: () => compute() },
    }));
  let computeWired: Compute | undefined;
  const compute = (): Compute | undefined =>
    settings.TARGET_STORAGE_ACCOUNT_ID === undefined
      ? undefined
      : (computeWired ??= wireCompute(settings, credential));
  let failoverWired: FailoverService | undefined;
  const failover = (): FailoverService =>
    (failoverWired ??= wireFailover({
      ...{ settings, credential },
      replication: replication(),
      protection: protection(),
    }));
  return {
    ...{ settings, telemetry, replication, protection, failover },
    api: wireApi({
      records,
      clock,
      ids: systemIds,
      log: lineLog,
      verify,
      retryAfterInSeconds: settings.JOB_RETRY_AFTER_SECONDS,
      faces: [
        { prefix: agentFacePrefix, handle: (request, jobs) => protection().face.handle(request, jobs) },
        uiFace(),
      ],
    }),
    runControlJob: (job) => runControlJob({ records, clock, events: replication().ports.events }, job),
    deliverEvent: (event) => deliverEvent({ records, sender, clock, log: lineLog }, event),
  };
}
