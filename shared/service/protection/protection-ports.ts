import type { Jobs } from '../../ports/jobs';
import type { Log } from '../../ports/log';
import type { AgentPorts } from '../agents/agent-ports';
import type { WishBoard } from '../agents/wish-board';

/** What protecting machines stands on. */
export interface ProtectionPorts extends AgentPorts {
  readonly board: WishBoard;
  readonly log: Log;
}

/** The same where jobs can be started and told. */
export interface ProtectionOffice extends ProtectionPorts {
  readonly jobs: Jobs;
}
