import { BlobLogCache } from '../azure/blob-log-cache';
import { blobService } from '../azure/blob-service';
import { BlobTargetDocuments } from '../azure/blob-target-documents';
import { BlobUploadGrants } from '../azure/blob-upload-grants';
import type { azureCredential } from '../azure/credential';
import { httpBarrier } from '../azure/http-barrier';
import { PageBlobReplicaDisks } from '../azure/page-blob-replica-disks';
import { serviceBusClient } from '../azure/service-bus-client';
import { ServiceBusDoorbells } from '../azure/service-bus-doorbells';
import { ServiceBusEvents } from '../azure/service-bus-events';
import type { Clock } from '../ports/clock';
import type { Ids } from '../ports/ids';
import type { Records } from '../ports/records';
import type { Telemetry } from '../ports/telemetry';
import type { UploadGrants } from '../ports/upload-grants';
import { answerDoorbell, type Answer } from '../service/answer-doorbell';
import { createReplicas } from '../service/create-replicas';
import { usualMeasures, type ReplicationPorts } from '../service/replication-ports';
import type { Replicas } from '../service/replicas';
import { rebuildSome, type RebuiltReplicas } from '../service/upkeep/rebuild-catalogue';
import { removeLeftovers } from '../service/upkeep/remove-leftovers';
import { sweepReplicas, type Swept } from '../service/upkeep/sweep-replicas';
import type { Settings } from '../settings';
import { measuredEvents } from './measured-events';
import { measuredReplicas } from './measured-replicas';
import { MeasuredSweep } from './measured-sweep';

export interface ReplicationBasis {
  readonly settings: Settings;
  readonly credential: ReturnType<typeof azureCredential>;
  readonly records: Records;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
}

/** Replication as triggers and the other services use it. */
export interface Replication {
  readonly ports: ReplicationPorts;
  readonly replicas: Replicas;
  readonly grants: UploadGrants;
  readonly answerDoorbell: (replicaId: string) => Promise<Answer>;
  readonly sweep: () => Promise<Swept>;
  /** Measures what a sweep of these replicas finds, however it is wrapped. */
  readonly measureSweep: <T>(sweep: () => Promise<T>) => Promise<T>;
  readonly removeLeftovers: () => Promise<void>;
  readonly rebuildReplicas: (afterId?: string) => Promise<RebuiltReplicas>;
}

/** So few replicas are rebuilt in one request. */
const replicasAtOnce = 20;

/** Replication on the storage accounts, the queue and the topic that the settings name. */
export function wireReplication({
  settings,
  credential,
  records,
  clock,
  ids,
  telemetry,
}: ReplicationBasis): Replication {
  const cache = blobService(settings.CACHE_BLOB_ENDPOINT, credential);
  const target = blobService(settings.TARGET_BLOB_ENDPOINT, credential);
  const bus = serviceBusClient(settings, credential);
  const measured = new MeasuredSweep({ telemetry, clock });
  const ports: ReplicationPorts = {
    disks: new PageBlobReplicaDisks(target, clock),
    cache: new BlobLogCache(cache),
    documents: new BlobTargetDocuments(target),
    barrier: httpBarrier(settings.BARRIER_URL),
    doorbells: new ServiceBusDoorbells(bus.createSender(settings.DOORBELL_QUEUE), () =>
      telemetry.traceparent(),
    ),
    events: measuredEvents(new ServiceBusEvents(bus.createSender(settings.EVENTS_TOPIC), 'lifeboat'), {
      telemetry,
      clock,
    }),
    records,
    clock,
    ids,
    measures: usualMeasures,
    observe: (record) => measured.observe(record),
  };
  return {
    ports,
    replicas: measuredReplicas(createReplicas(ports), telemetry),
    grants: new BlobUploadGrants(cache, clock),
    answerDoorbell: (replicaId) => answerDoorbell(ports, replicaId),
    sweep: () => sweepReplicas(ports),
    measureSweep: (sweep) => measured.around(sweep),
    removeLeftovers: () => removeLeftovers(ports),
    rebuildReplicas: (afterId) => rebuildSome(ports, { afterId, limit: replicasAtOnce }),
  };
}
