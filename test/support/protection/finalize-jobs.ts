import { eventually } from '../eventually';
import { group, type Site } from './site';

/**
 * What scripts wait for once EnableDr has ended: jobs of the same machine that began later, under Site Recovery's names, until
 * all have succeeded. In the order in which they began.
 */
export async function finalizeJobs(site: Site, machineName: string): Promise<string[]> {
  return eventually(async () => {
    const jobs = [];
    for await (const { properties } of site.client.replicationJobs.list(site.vault, group)) {
      if (properties?.targetObjectName === machineName) jobs.push(properties);
    }
    const enabledAtMs = Math.max(...jobs.filter(isCalled('EnableDr')).map(startOf));
    const later = jobs.filter((job) => startOf(job) > enabledAtMs && isCalled('IrCompletion')(job));
    if (later.length === 0 || later.some(({ state }) => state !== 'Succeeded')) return undefined;
    return later
      .toSorted((left, right) => startOf(left) - startOf(right))
      .map(({ scenarioName = '' }) => scenarioName);
  }, 60_000);
}

const startOf = ({ startTime }: { readonly startTime?: Date }): number => startTime?.getTime() ?? 0;
const isCalled =
  (ending: string) =>
  ({ scenarioName = '' }: { readonly scenarioName?: string }): boolean =>
    scenarioName.endsWith(ending);
