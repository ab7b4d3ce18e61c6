import { randomUUID } from 'node:crypto';
import { present } from '../../shared/assert';
import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import { BlobTargetDocuments } from '../../shared/azure/blob-target-documents';
import { PageBlobReplicaDisks } from '../../shared/azure/page-blob-replica-disks';
import { systemClock } from '../../shared/system/system-clock';
import { startAzurite, type Azurite } from '../support/azurite';
import { describeLogCache } from './log-cache.contract';
import { contractDiskBytes, describeReplicaDisk } from './replica-disk.contract';
import { describeReplicaDisks } from './replica-disks.contract';
import { describeTargetDocuments } from './target-documents.contract';

let azurite: Azurite | undefined;
const service = (): ReturnType<Azurite['service']> => present(azurite, 'Azurite').service();

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite?.stop());

const disks = (): PageBlobReplicaDisks => new PageBlobReplicaDisks(service(), systemClock);

describeReplicaDisk('a page blob', () => disks().create(randomUUID(), contractDiskBytes));
describeReplicaDisks('page blobs', disks);
describeLogCache('blobs', () => new BlobLogCache(service()));
describeTargetDocuments('blobs', () => new BlobTargetDocuments(service()));
