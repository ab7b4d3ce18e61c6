import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Jobs } from '../../ports/jobs';
import type { Log } from '../../ports/log';
import type { AgentPorts } from '../agents/agent-ports';
import type { WishBoard } from '../agents/wish-board';

/** What protecting machines stands on. */
export interface ProtectionPorts extends AgentPorts {
  readonly board: WishBoard;
  readonly log: Log;
  /** What a failover of the item would miss at its target. */
  readonly checkTarget: (item: ProtectedItem) => Promise<readonly TargetFinding[]>;
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
