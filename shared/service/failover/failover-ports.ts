import type { SourceMachines } from '../../ports/compute/source-machines';
import type { TargetCatalog } from '../../ports/compute/target-catalog';
import type { TargetMachines } from '../../ports/compute/target-machines';
import type { TargetPlaces } from '../../ports/compute/target-places';
import type { ReadGrants } from '../../ports/read-grants';
import type { ReplicaDisks } from '../../ports/replica-disks';
import type { ProtectionPorts } from '../protection/protection-ports';

/** How long failing over waits for what may never come. */
export interface FailoverMeasures {
  /** For a source that must stop, and for its last writes, before a planned failover gives up. */
  readonly plannedWaitInMs: number;
  /** For the same where the failover goes on without. */
  readonly unplannedWaitInMs: number;
  /** For the boot of a machine before it is reported as not booted. */
  readonly bootWaitInMs: number;
}

export const usualFailoverMeasures: FailoverMeasures = {
  plannedWaitInMs: 30 * 60_000,
  unplannedWaitInMs: 2 * 60_000,
  bootWaitInMs: 3 * 60_000,
};

/** What failing over stands on. */
export interface FailoverPorts extends Pick<
  ProtectionPorts,
  'records' | 'replicas' | 'board' | 'events' | 'clock' | 'ids'
> {
  readonly disks: ReplicaDisks;
  readonly reads: ReadGrants;
  readonly machines: TargetMachines;
  readonly places: TargetPlaces;
  readonly catalog: TargetCatalog;
  readonly sources: SourceMachines;
  /** What evidence is signed with: an Ed25519 key, PKCS #8 in PEM. */
  readonly evidenceKey: () => Promise<string>;
  readonly measures: FailoverMeasures;
}
