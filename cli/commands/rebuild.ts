import type { Command } from 'commander';
import { z } from 'zod';
import { askService } from '../connect/ask-service';
import type { Connection } from '../connect/connection';
import type { StartSession } from '../program';

const Rebuilt = z.object({ count: z.number(), lastId: z.string().optional() });

/** For the day on which the catalogue is lost: replicas and recovery points come back from the target account. */
export function rebuildCommand(vault: Command, start: StartSession): void {
  vault
    .command('rebuild')
    .description('write replicas and recovery points into the catalogue again, from the target account')
    .option('-y, --yes', 'do not ask')
    .action(async (options: { yes?: boolean }, command: Command) => {
      const session = start(command);
      const connection = await session.connect();
      await session.confirm('Write every replica of this installation into the catalogue again?', options);
      let replicas = 0;
      let afterId: string | undefined;
      do {
        const { count, lastId } = await rebuildSome(connection, afterId);
        replicas += count;
        afterId = lastId;
        if (afterId !== undefined) session.tell(`${replicas} so far`);
      } while (afterId !== undefined);
      session.tell('What master targets keep at sites comes back with their reports, within an hour.');
      await session.print({ replicas });
    });
}

async function rebuildSome(
  connection: Connection,
  afterId: string | undefined,
): Promise<z.infer<typeof Rebuilt>> {
  const { bodyAsText } = await askService(connection, {
    ...{ method: 'POST', path: 'rebuildReplicas', body: { afterId } },
  });
  return Rebuilt.parse(JSON.parse(bodyAsText ?? '{}'));
}
