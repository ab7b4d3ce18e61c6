import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Connection } from '../connect/connection';
import type { StartSession } from '../program';

const Rebuilt = z.object({ count: z.number(), lastId: z.string().optional() });
const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

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
  { vaults, settings, group, vault }: Connection,
  afterId: string | undefined,
): Promise<z.infer<typeof Rebuilt>> {
  const path = `/subscriptions/${vaults.subscriptionId}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
  const request = createPipelineRequest({
    method: 'POST',
    url: `${settings.endpoint}${path}/rebuildReplicas?api-version=2025-08-01`,
    headers: createHttpHeaders({ 'content-type': 'application/json' }),
    body: JSON.stringify({ afterId }),
    timeout: 600_000,
  });
  const response = await vaults.sendRequest(request);
  const body: unknown = JSON.parse(response.bodyAsText ?? '{}');
  if (response.status === 200) return Rebuilt.parse(body);
  const { data } = Refused.safeParse(body);
  throw new RestError(data?.error.message ?? `The service answered ${response.status}.`, {
    statusCode: response.status,
    code: data?.error.code ?? `Status${response.status}`,
    ...{ request, response },
  });
}
