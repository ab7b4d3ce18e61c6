import type { DesiredTask } from '../../shared/contracts/agent/desired';
import type { SiteAddresses } from '../../shared/contracts/agent/site';
import type { TaskHandler } from '../run/tasks';
import type { AgentLoop } from '../run/agent';
import type { SiteContext, SiteRole, Telling } from './site-role';

/** Of two roles that do the same task, the first does it. */
export function handlersOf(roles: readonly SiteRole[]): Partial<Record<DesiredTask['kind'], TaskHandler>> {
  return Object.assign({}, ...roles.map(({ taskHandlers }) => taskHandlers).toReversed()) as Partial<
    Record<DesiredTask['kind'], TaskHandler>
  >;
}

/** What all roles have to tell, as one. Of the machine that the agent has the disks of, it tells itself. */
export async function describeAll(roles: readonly SiteRole[], ownMachineId?: string): Promise<Telling> {
  const tellings = await Promise.all(roles.map((role) => role.describe()));
  const reports = tellings.map(({ report }) => report);
  return {
    report: {
      machines: reports.flatMap(({ machines = [] }) =>
        machines.filter(({ machineId }) => machineId !== ownMachineId),
      ),
      networks: reports.flatMap(({ networks = [] }) => networks),
      keeps: reports.flatMap(({ keeps = [] }) => keeps),
      listens: Object.assign({}, ...reports.map(({ listens }) => listens)) as SiteAddresses,
    },
    accepted: () => tellings.forEach((telling) => telling.accepted()),
  };
}

interface Played {
  readonly roles: readonly SiteRole[];
  readonly loop: AgentLoop;
  readonly service: SiteContext['service'];
}

/** Everything an agent does, until it is stopped. */
export async function playRoles({ roles, loop, service }: Played, signal: AbortSignal): Promise<void> {
  const context = { service, tell: () => loop.tell() };
  await Promise.all([loop.run(signal), ...roles.map((role) => role.run(context, signal))]);
}
