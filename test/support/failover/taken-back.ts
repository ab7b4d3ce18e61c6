import { eventually } from '../eventually';
import { group, quick } from '../protection/site';
import type { StackLife } from './stack-life';
import type { StackMachine } from './stack-machine';

const contents = (of: StackMachine): Buffer[] => [of.content(0), of.content(1)];

/**
 * The machine is disabled in a vault with soft delete, written to, and taken back: its old point and a new one hold their bytes. Then it is
 * purged, and nothing is left of it.
 */
export async function isTakenBack(life: StackLife, machine: StackMachine): Promise<void> {
  const { site, inside } = life;
  const softDeleteSettings = { softDeleteState: 'Enabled', softDeleteRetentionPeriodInDays: 14 };
  const updated = await site.vaults.vaults.beginUpdateAndWait(
    ...[group, site.vault, { properties: { securitySettings: { softDeleteSettings } } }, quick],
  );
  expect(updated.properties?.securitySettings?.softDeleteSettings).toMatchObject(softDeleteSettings);
  const replicaIds = (await inside.replicasOf(life.itemId)).map(({ replicaId }) => replicaId);
  const early = await life.point();
  const atEarly = contents(machine);

  await site.disable('web');
  await expect(site.item('web')).rejects.toMatchObject({ statusCode: 404 });
  await machine.write(0, 196_608, Buffer.alloc(4096, 0x55));
  const held = (await inside.replicasOf((await deletedOf(life))[0] ?? '')).map(({ sizeBytes }) => sizeBytes);
  expect(held).toHaveLength(replicaIds.length);
  const since = Date.now();
  await ask(life, 'undelete');
  await life.reaches('Protected');
  const instanceType = 'A2A' as const;
  await life.test({ instanceType, recoveryPointId: `${life.itemId}/recoveryPoints/${early}` }, atEarly);
  await life.replicasReach(contents(machine));
  // It was written to before: whatever is cut from now on holds that.
  const recoveryPointId = `${life.itemId}/recoveryPoints/${await life.point(since)}`;
  await life.test({ instanceType, recoveryPointId }, contents(machine));

  await site.disable('web');
  await expect(site.vaults.vaults.beginDeleteAndWait(group, site.vault, quick)).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
  await ask(life, 'purge');
  expect(await deletedOf(life)).toEqual([]);
  expect(await inside.blobsOf(replicaIds)).toEqual([]);
  // What its failovers were proved with stays; and what the agent of a machine that went with one of them was told last.
  const records = await inside.recordsWith(replicaIds);
  expect(records.filter((name) => !/^agent-|\|replicationevidence /.test(name))).toEqual([]);
}

/** Site Recovery's own client does not know this call; the job it starts it does. */
async function ask(life: StackLife, verb: 'undelete' | 'purge'): Promise<void> {
  const { site } = life;
  const [id = ''] = await deletedOf(life);
  expect((await site.ask('POST', `${id}/${verb}`)).status).toBe(202);
  await eventually(async () => {
    const name = verb === 'undelete' ? 'UndeleteProtection' : 'PurgeDeletedItem';
    return (await site.jobs()).some(
      ({ scenarioName, state }) => scenarioName === name && state === 'Succeeded',
    );
  });
}

async function deletedOf({ site }: StackLife): Promise<string[]> {
  const { body } = await site.ask('GET', `${site.vaultId}/deletedProtectedItems`);
  return (body as { value: { id: string }[] }).value.map(({ id }) => id);
}
