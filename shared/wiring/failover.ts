import { BlobReadGrants } from '../azure/blob-read-grants';
import { blobService } from '../azure/blob-service';
import type { azureCredential } from '../azure/credential';
import { evidenceKeyOf } from '../service/evidence/evidence-key';
import { usualFailoverMeasures } from '../service/failover/failover-ports';
import { failoverService, type FailoverService } from '../service/failover/failover-service';
import type { Settings } from '../settings';
import { wireCompute } from './compute';
import type { WiredProtection } from './protection';
import type { Replication } from './replication';

export interface FailoverParts {
  readonly settings: Settings;
  readonly credential: ReturnType<typeof azureCredential>;
  readonly replication: Replication;
  readonly protection: WiredProtection;
}

/** Failing over to the target cloud that the settings name, and back to sites. */
export function wireFailover({
  settings,
  credential,
  replication,
  protection,
}: FailoverParts): FailoverService {
  const { records, board, events, clock, ids, replicas } = protection.ports;
  const target = blobService(settings.TARGET_BLOB_ENDPOINT, credential);
  return failoverService({
    ...{ records, board, events, clock, ids, replicas },
    ...wireCompute(settings, credential),
    disks: replication.ports.disks,
    evidenceKey: () => evidenceKeyOf(records),
    reads: new BlobReadGrants(target, clock),
    measures: {
      ...usualFailoverMeasures,
      bootWaitInMs: settings.BOOT_WAIT_SECONDS * 1000,
    },
  });
}
