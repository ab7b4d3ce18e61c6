import type { SourceMachines } from '../../shared/ports/compute/source-machines';
import type { TargetCatalog } from '../../shared/ports/compute/target-catalog';
import type { TargetMachines } from '../../shared/ports/compute/target-machines';
import type { TargetPlaces } from '../../shared/ports/compute/target-places';
import type { ReplicaDisks } from '../../shared/ports/replica-disks';
import { MemoryCloud } from './compute/memory-cloud';
import { MemoryMachines } from './compute/memory-machines';
import { MemoryCatalog, MemoryPlaces, MemorySources } from './compute/memory-surroundings';

export interface MemoryCompute {
  /** What the ports share: to look into, to put source machines in, to make calls fail. */
  readonly cloud: MemoryCloud;
  readonly machines: TargetMachines;
  readonly places: TargetPlaces;
  readonly catalog: TargetCatalog;
  readonly sources: SourceMachines;
}

/** A target cloud in memory that reads its disks from these replica disks. It passes test/contract/compute.contract.ts. */
export function memoryCompute(replicas: ReplicaDisks): MemoryCompute {
  const cloud = new MemoryCloud();
  return {
    cloud,
    machines: new MemoryMachines(cloud, replicas),
    places: new MemoryPlaces(cloud),
    catalog: new MemoryCatalog(cloud),
    sources: new MemorySources(cloud),
  };
}
