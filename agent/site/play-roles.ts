import type { DesiredTask } from '../../shared/contracts/agent/desired';
import type { SiteAddresses } from '../../shared/contracts/agent/site';
import type { TaskHandler } from '../run/tasks';
import type { SiteRole, Telling } from './site-role';

/** Of two roles that do the same task, the first does it. */
export function handlersOf(roles: readonly SiteRole[]): Partial<Record<DesiredTask['kind'], TaskHandler>> {
  return Object.assign({}, ...roles.map(({ taskHandlers }) => taskHandlers).toReversed()) as Partial<
    Record<DesiredTask['kind'], TaskHandler>
  >;
}

/** What all roles have to tell, as one. */
export async function describeAll(roles: readonly SiteRole[]): Promise<Telling> {
  const tellings = await Promise.all(roles.map((role) => role.describe()));
  const reports = tellings.map(({ report }) => report);
  return {
    report: {
      machines: reports.flatMap(({ machines = [] }) => machines),
      networks: reports.flatMap(({ networks = [] }) => networks),
      keeps: reports.flatMap(({ keeps = [] }) => keeps),
      listens: Object.assign({}, ...reports.map(({ listens }) => listens)) as SiteAddresses,
    },
    accepted: () => tellings.forEach((telling) => telling.accepted()),
  };
}
