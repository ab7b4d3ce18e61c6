import type { Command } from 'commander';
import type { Connection } from '../connect/connection';
import { isoTime } from '../output/plain-time';
import type { Column } from '../output/table';
import type { StartSession } from '../program';
import { amount } from './job-options';

interface EventView {
  readonly time: string;
  readonly severity: string;
  readonly kind: string;
  readonly about: string;
  readonly description: string;
  readonly event: string;
}

const columns: readonly Column[] = [
  { title: 'TIME', field: 'time', kind: 'time' },
  { title: 'SEVERITY', field: 'severity', kind: 'health' },
  { title: 'ABOUT', field: 'about' },
  { title: 'WHAT', field: 'description' },
];

/** What happened, for people. */
export function eventCommands(program: Command, start: StartSession): void {
  const events = program.command('events').description('what happened in the vault');
  events
    .command('list')
    .description('events, newest first')
    .option('--severity <which>', 'only OK, Warning or Critical')
    .option('--top <count>', 'only so many', amount, 50)
    .action(async ({ severity, top }: { severity?: string; top: number }, command: Command) => {
      const session = start(command);
      await session.print(await readEvents(await session.connect(), { severity, top }), columns);
    });
  events
    .command('follow')
    .description('events as they come, oldest first, one JSON object to a line with -o json')
    .option('--severity <which>', 'only OK, Warning or Critical')
    .option('--every <seconds>', 'how often to look', amount, 5)
    .action(async ({ severity, every }: { severity?: string; every: number }, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      const isJson = (session.options.output ?? '') === 'json';
      const seen = new Set<string>();
      for (;;) {
        const fresh = (await readEvents(connection, { severity, top: 200 })).filter(
          ({ event }) => !seen.has(event),
        );
        for (const event of fresh.toReversed()) {
          seen.add(event.event);
          session.around.output(isJson ? `${JSON.stringify(event)}\n` : lineOf(event));
        }
        await session.around.sleep(every * 1000);
      }
    });
}

function lineOf({ time, severity, about, description }: EventView): string {
  return `${time}\t${severity}\t${about}\t${description.replaceAll(/\s+/g, ' ')}\n`;
}

async function readEvents(
  { site, vault, group }: Connection,
  { severity, top }: { severity: string | undefined; top: number },
): Promise<readonly EventView[]> {
  const found: EventView[] = [];
  const filter = severity === undefined ? {} : { filter: `severity eq '${severity.replaceAll("'", "''")}'` };
  for await (const { name = '', properties } of site.replicationEvents.list(vault, group, filter)) {
    found.push({
      time: isoTime(properties?.timeOfOccurrence) ?? '',
      severity: properties?.severity ?? '',
      kind: properties?.eventType ?? '',
      about: properties?.affectedObjectFriendlyName ?? '',
      description: properties?.description ?? '',
      event: name,
    });
    if (found.length >= top) break;
  }
  return found;
}
