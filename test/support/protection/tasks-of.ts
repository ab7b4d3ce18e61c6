import { group, type Site } from './site';

/** The newest job of this kind, as the client reads it: its tasks in their order, each with how it stands. */
export async function tasksOf(site: Site, scenario: string): Promise<string[]> {
  const { name = '' } = (await site.jobs()).find(({ scenarioName }) => scenarioName === scenario) ?? {};
  const { properties } = await site.client.replicationJobs.get(site.vault, group, name);
  return (properties?.tasks ?? []).map((task) => `${task.name ?? ''} ${task.state ?? ''}`);
}
