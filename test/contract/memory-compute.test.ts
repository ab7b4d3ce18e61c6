import { MemoryReplicaDisks } from '../support/memory/memory-replica-disks';
import { MemoryTarget } from '../support/memory/memory-target';
import { memoryCompute } from '../support/memory-compute';
import { describeCompute } from './compute.contract';

const replicas = new MemoryReplicaDisks(new MemoryTarget());
const compute = memoryCompute(replicas);

describeCompute('memory', () => ({
  ...compute,
  replicas,
  contentOf: async (diskId) => compute.cloud.content(diskId),
}));
