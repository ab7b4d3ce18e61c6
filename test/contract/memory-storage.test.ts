import { randomUUID } from 'node:crypto';
import { MemoryLogCache } from '../support/memory/memory-log-cache';
import { MemoryReplicaDisks } from '../support/memory/memory-replica-disks';
import { MemoryTarget } from '../support/memory/memory-target';
import { MemoryTargetDocuments } from '../support/memory/memory-target-documents';
import { describeLogCache } from './log-cache.contract';
import { contractDiskBytes, describeReplicaDisk } from './replica-disk.contract';
import { describeReplicaDisks } from './replica-disks.contract';
import { describeTargetDocuments } from './target-documents.contract';

const target = new MemoryTarget();
const disks = new MemoryReplicaDisks(target);
const documents = new MemoryTargetDocuments(target);
const cache = new MemoryLogCache();

describeReplicaDisk('memory', () => disks.create(randomUUID(), contractDiskBytes));
describeReplicaDisks('memory', () => disks);
describeLogCache('memory', () => cache);
describeTargetDocuments('memory', () => documents);
