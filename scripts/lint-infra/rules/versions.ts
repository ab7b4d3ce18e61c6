import type { Finding } from '../finding';
import type { Infra } from '../infra';

/** The API versions in use, one for each kind; a kind that is not here has not been looked at. */
const reviewed: Readonly<Record<string, string>> = {
  'Microsoft.Authorization/roleAssignments': '2022-04-01',
  'Microsoft.Authorization/roleDefinitions': '2022-04-01',
  'Microsoft.DocumentDB/databaseAccounts': '2024-11-15',
  'Microsoft.DurableTask/schedulers': '2026-02-01',
  'Microsoft.EventGrid/systemTopics': '2025-02-15',
  'Microsoft.Insights/actionGroups': '2023-01-01',
  'Microsoft.Insights/components': '2020-02-02',
  'Microsoft.Insights/metricAlerts': '2018-03-01',
  'Microsoft.KeyVault/vaults': '2023-07-01',
  'Microsoft.ManagedIdentity/userAssignedIdentities': '2023-01-31',
  'Microsoft.Network/privateDnsZones': '2020-06-01',
  'Microsoft.Network/privateEndpoints': '2024-05-01',
  'Microsoft.Network/virtualNetworks': '2024-05-01',
  'Microsoft.OperationalInsights/workspaces': '2023-09-01',
  'Microsoft.Resources/resourceGroups': '2024-11-01',
  'Microsoft.ServiceBus/namespaces': '2024-01-01',
  'Microsoft.Storage/storageAccounts': '2023-05-01',
  'Microsoft.Web/serverfarms': '2024-04-01',
  'Microsoft.Web/sites': '2024-04-01',
};

/** Kinds below the top one share its version. */
export function versions({ templates }: Infra): Finding[] {
  return templates.flatMap(({ path, resources }) =>
    resources.flatMap(({ type, version, line }) => {
      const top = type.split('/').slice(0, 2).join('/');
      if (reviewed[top] === version) return [];
      const message = `${type}@${version} has not been reviewed; in use is ${reviewed[top] ?? 'none'}`;
      return [{ file: path, line, rule: 'versions' as const, message }];
    }),
  );
}
