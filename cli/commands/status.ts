import type { Command } from 'commander';
import { allItems, findItem } from '../items/find-item';
import { itemColumns, itemDetails, itemView } from '../items/item-view';
import { pointColumns, pointsOf } from '../items/recovery-points';
import type { StartSession } from '../program';
import { amount } from './job-options';
import { watching, type WatchOptions } from './watching';

interface StatusOptions extends WatchOptions {
  readonly health?: string;
}

interface PointOptions extends WatchOptions {
  readonly top?: number;
}

const severity = ['Critical', 'Warning', 'Normal', 'None'];

/** Looking: nothing is changed. */
export function statusCommands(program: Command, start: StartSession): void {
  program
    .command('status [machine]')
    .description('protected machines, worst first; or all that is known of one')
    .option('--health <which>', 'only those that are Normal, Warning or Critical')
    .option('-w, --watch [seconds]', 'look again and again', amount)
    .action(async (machine: string | undefined, options: StatusOptions, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      await watching(session, options, async () => {
        if (machine !== undefined)
          return session.text(itemDetails((await findItem(connection, machine)).item));
        const items = (await allItems(connection)).map(itemView);
        const rank = (health: string): number =>
          (severity.indexOf(health) + severity.length) % severity.length;
        const shown = items
          .filter(({ health }) => options.health === undefined || health === options.health)
          .toSorted(
            (left, right) =>
              rank(left.health) - rank(right.health) || left.machine.localeCompare(right.machine, 'en'),
          );
        if (items.length === 0) session.tell('Nothing is protected yet: lifeboat protect --help');
        return session.text(shown, itemColumns);
      });
    });
  program
    .command('points <machine>')
    .description('the recovery points of a machine, newest first')
    .option('--top <count>', 'only so many', amount)
    .option('-w, --watch [seconds]', 'look again and again', amount)
    .action(async (machine: string, options: PointOptions, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const { place } = await findItem(connection, machine);
      await watching(session, options, async () => {
        const points = await pointsOf(connection, place, {
          nowInMs: session.around.now(),
          ...(options.top === undefined ? {} : { limit: options.top }),
        });
        if (points.length === 0) session.tell(`${machine} has no recovery point yet.`);
        return session.text(points, pointColumns);
      });
    });
}
