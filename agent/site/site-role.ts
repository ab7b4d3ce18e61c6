import type { DesiredTask } from '../../shared/contracts/agent/desired';
import type { AgentRole } from '../../shared/contracts/agent/identity';
import type { ReportedMachine, ReportedNetwork } from '../../shared/contracts/agent/report';
import type { KeptReplica, SiteAddresses } from '../../shared/contracts/agent/site';
import type { TaskHandler } from '../run/tasks';
import type { ServiceClient } from '../service/service-client';

/** What a role adds to the agent's report. */
export interface SiteReport {
  readonly machines?: readonly ReportedMachine[];
  readonly networks?: readonly ReportedNetwork[];
  readonly keeps?: readonly KeptReplica[];
  readonly listens?: SiteAddresses;
}

export interface Telling {
  readonly report: SiteReport;
  /** The service has taken it in: what is the same need not be told again. */
  accepted(): void;
}

/** What every role may use of the agent it is a part of. */
export interface SiteContext {
  readonly service: Pick<ServiceClient, 'grant' | 'ring' | 'serviceTime'>;
  /** Something is to be told to the service now. */
  readonly tell: () => void;
}

/** One of the roles that an agent plays for its site. */
export interface SiteRole {
  readonly role: AgentRole;
  readonly taskHandlers: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  describe(): Promise<Telling>;
  /** Works until it is stopped. */
  run(context: SiteContext, signal: AbortSignal): Promise<void>;
  /** Lets go of everything. */
  close(): Promise<void>;
}
