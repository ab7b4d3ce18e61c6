import type { Command } from 'commander';
import type { Column } from '../output/table';
import { usage } from '../failure';
import type { StartSession } from '../program';
import { rebuildCommand } from './rebuild';

const columns: readonly Column[] = [
  { title: 'VAULT', field: 'vault' },
  { title: 'RESOURCE GROUP', field: 'resourceGroup' },
  { title: 'LOCATION', field: 'location' },
];

/** Vaults, and how the machines of one fare. */
export function vaultCommands(program: Command, start: StartSession): void {
  const vault = program.command('vault').description('vaults: the top of everything a team protects');
  vault
    .command('list')
    .description('the vaults of the subscription')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      const { vaults } = await session.connect({ needsVault: false });
      const found: object[] = [];
      for await (const one of vaults.vaults.listBySubscriptionId()) found.push(vaultView(one));
      if (found.length === 0) session.tell('There is no vault yet: lifeboat vault create --help');
      await session.print(found, columns);
    });
  vault
    .command('create <name>')
    .description('make a vault')
    .requiredOption('--location <region>', 'where it is')
    .action(async (name: string, { location }: { location: string }, command: Command) => {
      const session = start(command);
      const { vaults, settings } = await session.connect({ needsVault: false });
      if (settings.resourceGroup === undefined) {
        throw usage('Say in which resource group: --resource-group.');
      }
      const made = await vaults.vaults.beginCreateOrUpdateAndWait(
        ...([settings.resourceGroup, name] as const),
        { location, sku: { name: 'Standard' }, properties: {} },
        { updateIntervalInMs: 500 },
      );
      await session.print(vaultView(made), columns);
    });
  rebuildCommand(vault, start);
  program
    .command('health')
    .description('the health of the vault: how many machines fare how, and what is wrong')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      const { site, vault: name, group } = await session.connect();
      const { properties } = await site.replicationVaultHealth.get(name, group);
      const counts = properties?.protectedItemsHealth?.categorizedResourceCounts ?? {};
      await session.print({
        vault: name,
        machines: properties?.protectedItemsHealth?.resourceCount ?? 0,
        normal: counts['Normal'] ?? 0,
        warning: counts['Warning'] ?? 0,
        critical: counts['Critical'] ?? 0,
        unknown: counts['None'] ?? 0,
        issues: [
          ...(properties?.protectedItemsHealth?.issues ?? []),
          ...(properties?.fabricsHealth?.issues ?? []),
        ].map((issue) => ({
          code: issue.summaryCode,
          severity: issue.severity,
          message: issue.summaryMessage,
          affected: issue.affectedResourceCorrelationIds?.length ?? 0,
        })),
      });
    });
}

function vaultView({ id = '', name, location }: { id?: string; name?: string; location?: string }): object {
  return { vault: name, resourceGroup: id.split('/')[4] ?? '', location, id };
}
