import type { ApiAnswer, ApiRequest } from './arm/http/exchange';
import { agentFacePrefix } from './agents/agent-face';
import { discoveredKeys } from './arm/identity/discovered-keys';
import { tokenVerifier } from './arm/identity/tokens';
import { cosmosRecords } from './azure/cosmos-records';
import { azureCredential } from './azure/credential';
import type { ControlJob } from './contracts/jobs/control-job';
import type { JobOutcome } from './contracts/jobs/record';
import type { Jobs } from './ports/jobs';
import type { Telemetry } from './ports/telemetry';
import type { FailoverService } from './service/failover/failover-service';
import { planService, type PlanService } from './service/plans/plan-service';
import { runControlJob } from './service/jobs/run-control-job';
import { deliverEvent, type CloudEvent } from './service/webhooks/deliver-event';
import { readSettings, type Settings } from './settings';
import { lineLog } from './system/line-log';
import { publicWebhookSender } from './system/public-webhook-sender';
import { systemClock } from './system/system-clock';
import { systemIds } from './system/system-ids';
import { type Exporting, startExporting } from './system/telemetry/exporting';
import { openTelemetry } from './system/telemetry/open-telemetry';
import { toldLog } from './system/telemetry/told-log';
import { uiFace } from './ui/ui-face';
import { wireApi } from './wiring/api';
import { wireCompute } from './wiring/compute';
import { forgetting } from './wiring/forgetting';
import { wireFailover } from './wiring/failover';
import { wireProtection, type WiredProtection } from './wiring/protection';
import { wireReplication, type Replication } from './wiring/replication';

/** Everything a trigger may call, put together once per process. */
export interface Wiring {
  readonly settings: Settings;
  readonly telemetry: Telemetry;
  /** Where telemetry goes, once the way there is open. */
  readonly exporting: Promise<Exporting | undefined>;
  readonly api: (request: ApiRequest, jobs: Jobs) => Promise<ApiAnswer>;
  readonly runControlJob: (job: ControlJob) => Promise<JobOutcome>;
  /** Sends an event to the webhooks that want it; how many got it. */
  readonly deliverEvent: (event: CloudEvent) => Promise<number>;
  /** Put together at the first use: an app that only answers HTTP opens no connection to the queue. */
  readonly replication: () => Replication;
  readonly protection: () => WiredProtection;
  readonly failover: () => FailoverService;
  readonly plans: (jobs: Jobs) => PlanService;
}

let wired: Wiring | undefined;

/** The one place that chooses implementations. Built at the first use, so that a wrong setting fails a call, not the load. */
export function wiring(): Wiring {
  wired ??= wire(readSettings());
  return wired;
}

/** Sends what telemetry is left, before the process ends. */
export async function stopExporting(): Promise<void> {
  await (await wired?.exporting)?.stop();
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
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
  const exporting = startExporting({ endpoint, service: 'lifeboat', log: lineLog });
  const telemetry = openTelemetry(clock, exporting);
  const log = toldLog(lineLog);
  const sender = publicWebhookSender();
  const basis = { settings, credential, records, clock, ids: systemIds, telemetry };
  const replication = once(() => wireReplication(basis));
  const compute = once(() => wireCompute(settings, credential));
  const hasCloud = settings.TARGET_STORAGE_ACCOUNT_ID !== undefined;
  const target = {
    serviceUrl: settings.IDENTITY_AUDIENCE,
    cloud: () => (hasCloud ? compute() : undefined),
  };
  const protection = once((): WiredProtection => {
    const alone = wireProtection({ ...replication(), log, target });
    const sweep: typeof alone.sweep = (jobs) => replication().measureSweep(() => alone.sweep(jobs));
    return forgetting({ ...alone, sweep }, () => (hasCloud ? failover() : undefined));
  });
  const failover = once((): FailoverService =>
    wireFailover({ ...basis, replication: replication(), protection: protection() }),
  );
  return {
    ...{ settings, telemetry, exporting, replication, protection, failover },
    plans: (jobs) => planService({ ...protection().ports, jobs }),
    api: wireApi({
      records,
      clock,
      ids: systemIds,
      log,
      verify,
      targetCatalog: () => target.cloud()?.catalog,
      rebuildReplicas: (afterId) => replication().rebuildReplicas(afterId),
      retryAfterInSeconds: settings.JOB_RETRY_AFTER_SECONDS,
      faces: [
        { prefix: agentFacePrefix, handle: (request, jobs) => protection().face.handle(request, jobs) },
        uiFace(),
      ],
    }),
    runControlJob: (job) => runControlJob({ records, clock, events: replication().ports.events }, job),
    deliverEvent: (event) => deliverEvent({ records, sender, clock, log }, event),
  };
}

/** Made at the first asking, and the same from then on. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
