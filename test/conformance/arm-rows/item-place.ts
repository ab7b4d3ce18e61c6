import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import { all, names, type ArmPlace, type ArmRow } from './place';

const { azureEast, site: siteName } = names;
export const container = `${azureEast}-container`;

export interface Poller {
  getOperationState(): { status?: string };
}

/** Where the items of the rows are. */
export interface At {
  readonly fabric: string;
  readonly container: string;
  readonly item: string;
}

export const web: At = { fabric: azureEast, container, item: 'web' };

export async function cloudOf({ site, vault, group }: ArmPlace): Promise<string> {
  const [cloud] = await all(
    site.replicationProtectionContainers.listByReplicationFabrics(vault, group, siteName),
  );
  return cloud?.name ?? '';
}

export async function read({ site, vault, group }: ArmPlace, at: At): Promise<ReplicationProtectedItem> {
  return site.replicationProtectedItems.get(vault, group, at.fabric, at.container, at.item);
}

/** The job that holds an item, by its name. */
export async function held(place: ArmPlace, at: At): Promise<string> {
  const { currentScenario, allowedOperations } = (await read(place, at)).properties ?? {};
  expect(allowedOperations).toEqual([]);
  return currentScenario?.jobId?.split('/').at(-1) ?? '';
}

/** A verb: accepted, its job seen with its name and tasks, ended in its place; then the state the item came to. */
export function verb(
  operation: string,
  { scenarioName, state, at }: { scenarioName: string; state: string; at?: (place: ArmPlace) => Promise<At> },
  start: (place: ArmPlace, at: At) => Promise<Poller>,
): ArmRow {
  return {
    operation,
    shows: `starts the job ${scenarioName}; after it the item is ${state}`,
    run: async (place) => {
      const where = at === undefined ? web : await at(place);
      const poller = await start(place, where);
      const jobId = await held(place, where);
      const job = await place.site.replicationJobs.get(place.vault, place.group, jobId);
      expect(job.properties).toMatchObject({ scenarioName, allowedActions: ['Cancel'] });
      expect(job.properties?.tasks?.length).toBeGreaterThan(0);
      expect(poller.getOperationState().status).not.toBe('failed');
      await place.end(jobId);
      expect((await read(place, where)).properties).toMatchObject({ protectionState: state });
      return 'pending';
    },
  };
}

export async function mill(place: ArmPlace): Promise<At> {
  return { fabric: siteName, container: await cloudOf(place), item: 'mill' };
}
