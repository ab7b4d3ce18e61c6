import type { Command } from 'commander';
import { z } from 'zod';
import { askService } from '../connect/ask-service';
import type { Connection } from '../connect/connection';
import { exitCodes, Failure } from '../failure';
import type { Column } from '../output/table';
import type { StartSession } from '../program';
import { type DangerOptions, isDangerous, type JobOptions, runJob, startsJob } from './job-options';

const Page = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({
        friendlyName: z.string(),
        instanceType: z.string(),
        protectedItemId: z.string(),
        deletedTime: z.string(),
        scheduledPurgeTime: z.string(),
      }),
    }),
  ),
});

const columns: readonly Column[] = [
  { title: 'MACHINE', field: 'machine' },
  { title: 'SCENARIO', field: 'scenario' },
  { title: 'DELETED', field: 'deleted' },
  { title: 'PURGED ON', field: 'purgedOn' },
  { title: 'NAME', field: 'name' },
];

interface Deleted {
  readonly name: string;
  readonly machine: string;
}

/** What a vault with soft delete keeps of machines whose protection was disabled. */
export function deletedCommands(program: Command, start: StartSession): void {
  const deleted = program
    .command('deleted')
    .description('machines whose protection was disabled, and which the vault keeps for a while');
  deleted
    .command('list')
    .description('what is kept, and until when')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      await session.print(await everyDeleted(await session.connect()), columns);
    });
  startsJob(
    deleted
      .command('undelete <machine>')
      .description(
        'take a machine back, with its recovery points; its disks are compared, and replication goes on',
      ),
  ).action(async (machine: string, options: JobOptions, command: Command) => {
    const session = start(command);
    const connection = await session.connect();
    const found = await deletedNamed(connection, machine);
    if (options.whatIf === true) return session.print({ whatIf: true, operation: 'Undelete', ...found });
    await runJob(session, connection, options, verbOf(connection, found, 'undelete'));
  });
  isDangerous(
    deleted.command('purge <machine>').description('remove what is kept of a machine before its time'),
  ).action(async (machine: string, options: DangerOptions, command: Command) => {
    const session = start(command);
    const connection = await session.connect();
    const found = await deletedNamed(connection, machine);
    if (options.whatIf === true) return session.print({ whatIf: true, operation: 'Purge', ...found });
    await session.confirm(`Remove the replica and recovery points of ${found.machine} for good?`, options);
    await runJob(session, connection, options, verbOf(connection, found, 'purge'));
  });
}

function verbOf(
  connection: Connection,
  { name }: Deleted,
  verb: 'undelete' | 'purge',
): Parameters<typeof runJob>[3] {
  return async ({ onResponse }) => {
    onResponse(
      await askService(connection, { method: 'POST', path: `deletedProtectedItems/${name}/${verb}` }),
    );
  };
}

/** A vault keeps few, and a machine is named by its name, or by the deleted item's where several were called so. */
async function everyDeleted(connection: Connection): Promise<Deleted[]> {
  const { bodyAsText } = await askService(connection, { method: 'GET', path: 'deletedProtectedItems' });
  return Page.parse(JSON.parse(bodyAsText ?? '{}')).value.map(({ name, properties }) => ({
    ...{ name, machine: properties.friendlyName, scenario: properties.instanceType },
    ...{ deleted: properties.deletedTime, purgedOn: properties.scheduledPurgeTime },
    item: properties.protectedItemId,
  }));
}

async function deletedNamed(connection: Connection, machine: string): Promise<Deleted> {
  const wanted = machine.toLowerCase();
  const all = await everyDeleted(connection);
  const found = all.filter((each) => each.name === wanted || each.machine.toLowerCase() === wanted);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const problem = first === undefined ? 'No deleted machine' : 'More than one deleted machine';
  throw new Failure(exitCodes.notFound, `${problem} is called "${machine}".`, {
    action: 'lifeboat deleted list shows them, each with a name of its own.',
  });
}
