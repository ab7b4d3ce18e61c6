import { join } from 'node:path';
import type { A2AReplicationDetails } from '@azure/arm-recoveryservices-siterecovery';
import { diskSizeBytes, Guest } from '../guest';
import { north, type Region, west } from '../regions';
import { until } from '../until';
import { machine, seconds, type Stage } from './stage';

/** A machine in one region, with an agent, protected to the other. */
export async function protect(stage: Stage): Promise<{ guest: Guest; machineId: string }> {
  const { screen, site, azure } = stage;
  screen.chapter('Protect a machine, with the official Site Recovery client');
  const guest = startGuest(stage, 'west');
  guest.makeDisk();
  for (const region of [west, north]) await azure.makeRegion(region);
  const machineId = await azure.makeMachine({ region: west, name: machine, diskPath: guest.diskPath });
  await site.create(west, north);
  screen.say('vault, two regions, policy (a recovery point every 3 s) and mappings: created');
  await attachAgent(stage, guest, { region: west, machineId });
  screen.say(
    `${machine} in ${west.location}: a disk of ${diskSizeBytes / 2 ** 20} MiB, served over NBD by its agent`,
  );
  const startInMs = Date.now();
  await site.enable(machine, { machineId, from: west, to: north });
  await untilProtected(stage, west);
  screen.good(`Protected after ${seconds(startInMs)}`);
  const jobs = (await site.jobs())
    .slice(0, 3)
    .map(({ properties }) => `${properties?.friendlyName} (${properties?.state})`);
  screen.say(`jobs: ${jobs.reverse().join(', ')}`);
  return { guest, machineId };
}

/** A machine of this name whose disk and agent are in a folder of their own. */
export function startGuest({ folder, guests }: Stage, where: string, writes = 0): Guest {
  const guest = new Guest(machine, join(folder, where), writes);
  guests.push(guest);
  return guest;
}

/** Has an agent speak for the machine in the fabric of its region. */
export async function attachAgent(
  { site, cloud }: Stage,
  guest: Guest,
  { region, machineId }: { readonly region: Region; readonly machineId: string },
): Promise<void> {
  const token = await site.registrationToken(region);
  const authorityFile = cloud.facts['authority.file'] ?? '';
  guest.startAgent({ url: site.endpoint, token, authorityFile }, machineId);
  await guest.boot();
}

export async function untilProtected({ screen, site }: Stage, region: Region): Promise<void> {
  await until('the first copy', async () => {
    const { properties } = await site.item(machine, region);
    const { monitoringPercentageCompletion: percent = 0 } =
      properties?.providerSpecificDetails as A2AReplicationDetails;
    screen.progress(`copying ${percent} %`, percent / 100);
    return properties?.protectionState === 'Protected' ? true : undefined;
  });
}
