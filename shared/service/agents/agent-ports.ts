import type { Clock } from '../../ports/clock';
import type { Doorbells } from '../../ports/doorbells';
import type { Events } from '../../ports/events';
import type { Ids } from '../../ports/ids';
import type { Jobs } from '../../ports/jobs';
import type { Records } from '../../ports/records';
import type { UploadGrants } from '../../ports/upload-grants';
import type { Replicas } from '../replicas';
import type { Sites } from '../sites/sites';

/** What the services for agents stand on. */
export interface AgentPorts {
  readonly records: Records;
  readonly replicas: Replicas;
  readonly doorbells: Doorbells;
  readonly grants: UploadGrants;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  /** What is kept at sites, by agents, and not by the service. */
  readonly sites: Sites;
}

/** The same while a request is answered: jobs can be told what was heard. */
export interface AgentCallPorts extends AgentPorts {
  readonly jobs: Jobs;
}
