import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import type { Log } from '../../shared/ports/log';
import { AgentLoop } from '../run/agent';
import { AgentState } from '../run/agent-state';
import { registerOnce } from '../run/register-once';
import { StatusFile } from '../run/status-file';
import { ServiceClient } from '../service/service-client';
import { agentVersion } from '../start-agent';
import { claimFolder } from '../system/claim-folder';
import { describeAll, handlersOf, playRoles } from './play-roles';
import type { SiteRole } from './site-role';

export interface StartSiteAgentOptions {
  readonly url: string;
  /** Where the agent's key is kept. */
  readonly stateFolder: string;
  /** Needed once, to register. */
  readonly token?: string | undefined;
  readonly name: string;
  /** The machine it runs on, by that machine's own id. */
  readonly hostId: string;
  readonly roles: readonly SiteRole[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly certificateAuthority?: string | undefined;
}

export interface SiteAgent {
  readonly agentId: string;
  readonly loop: AgentLoop;
  /** Ends its roles, and lets go of what they hold. */
  stop(): Promise<void>;
}

/** Registers if need be, and plays its roles for the site: one process may play several, or each a process of its own. */
export async function startSiteAgent(options: StartSiteAgentOptions): Promise<SiteAgent> {
  const { clock, ids, log, certificateAuthority, roles } = options;
  const state = new AgentState(options.stateFolder);
  const claim = await claimFolder(options.stateFolder);
  const named = roles.map(({ role }) => role);
  const agentId = await registerOnce(state, { ...options, version: agentVersion, roles: named });
  const url = new URL(options.url);
  const key = state.key();
  const service = new ServiceClient({ url, key, agentId, clock, ids, certificateAuthority });
  const statusFile = new StatusFile(options.stateFolder, clock, log);
  const loop: AgentLoop = new AgentLoop({
    ...{ service, clock, ids, log, workers: [], version: agentVersion, roles: named },
    machines: () => Promise.resolve([]),
    taskHandlers: handlersOf(roles),
    group: { agentId, key, listenAddress: undefined, prepareLimitInMs: 0, holdLimitInMs: 0 },
    site: () => describeAll(roles),
    onReport: () => statusFile.leave({ replicas: [], markers: [] }),
  });
  const stopping = new AbortController();
  const running = playRoles({ roles, loop, service }, stopping.signal);
  return {
    ...{ agentId, loop },
    stop: async () => {
      stopping.abort();
      await running;
      for (const role of roles) await role.close();
      claim.release();
    },
  };
}
