import type { SourceMachines } from '../../ports/compute/source-machines';
import type { TargetCatalog } from '../../ports/compute/target-catalog';
import type { TargetPlaces } from '../../ports/compute/target-places';
import type { Jobs } from '../../ports/jobs';
import type { Log } from '../../ports/log';
import type { AgentPorts } from '../agents/agent-ports';
import type { WishBoard } from '../agents/wish-board';

/** What protecting machines stands on. */
export interface ProtectionPorts extends AgentPorts {
  readonly board: WishBoard;
  readonly log: Log;
  /** What agents call us by. */
  readonly serviceUrl?: string;
  /** The cloud that machines are recovered to; undefined where none is configured. */
  readonly cloud?: () => ProtectionCloud | undefined;
}

/** What protection needs of the target cloud. */
export interface ProtectionCloud {
  readonly places: TargetPlaces;
  readonly catalog: TargetCatalog;
  readonly sources: SourceMachines;
}

/** Something that a failover would trip over. */
export interface TargetFinding {
  readonly code: string;
  readonly message: string;
  readonly action: string;
}

/** The same where jobs can be started and told. */
export interface ProtectionOffice extends ProtectionPorts {
  readonly jobs: Jobs;
}
