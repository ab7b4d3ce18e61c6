import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { at, type Resource, type Template } from '../template';

const closable = ['properties.publicNetworkAccess', "isPrivate ? 'Disabled' : 'Enabled'"] as const;

/** What each resource of a kind must say, word for word. */
const required: Readonly<Record<string, readonly (readonly [path: string, value: string])[]>> = {
  'Microsoft.Storage/storageAccounts': [
    ['properties.allowSharedKeyAccess', 'false'],
    ['properties.allowBlobPublicAccess', 'false'],
    ['properties.allowCrossTenantReplication', 'false'],
    ['properties.minimumTlsVersion', "'TLS1_2'"],
    ['properties.supportsHttpsTrafficOnly', 'true'],
    ['properties.networkAcls.defaultAction', "isPrivate ? 'Deny' : 'Allow'"],
    closable,
  ],
  'Microsoft.Storage/storageAccounts/blobServices/containers': [['properties.publicAccess', "'None'"]],
  'Microsoft.ServiceBus/namespaces': [
    ['properties.disableLocalAuth', 'true'],
    ['properties.minimumTlsVersion', "'1.2'"],
    closable,
  ],
  'Microsoft.DocumentDB/databaseAccounts': [
    ['properties.disableLocalAuth', 'true'],
    ['properties.minimalTlsVersion', "'Tls12'"],
    closable,
  ],
  'Microsoft.DurableTask/schedulers': [closable],
  'Microsoft.KeyVault/vaults': [
    ['properties.enableRbacAuthorization', 'true'],
    ['properties.enableSoftDelete', 'true'],
    ['properties.enablePurgeProtection', 'true'],
    ['properties.networkAcls.defaultAction', "isPrivate ? 'Deny' : 'Allow'"],
    closable,
  ],
  'Microsoft.Insights/components': [['properties.DisableLocalAuth', 'true']],
  'Microsoft.OperationalInsights/workspaces': [['properties.features.disableLocalAuth', 'true']],
  'Microsoft.Web/sites': [
    ['identity.type', "'UserAssigned'"],
    ['properties.httpsOnly', 'true'],
    ['properties.siteConfig.minTlsVersion', "'1.2'"],
    ['properties.siteConfig.ftpsState', "'Disabled'"],
    ['properties.functionAppConfig.deployment.storage.authentication.type', "'UserAssignedIdentity'"],
  ],
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': [['properties.allow', 'false']],
};

/** Every resource is as closed as its kind must be, and nothing deletes from the target by age. */
export function hardening({ templates }: Infra): Finding[] {
  const open = templates.flatMap((template) =>
    template.resources
      .filter(({ isExisting }) => !isExisting)
      .flatMap((resource) => wrongValues(template, resource)),
  );
  const ageing = templates.flatMap(({ path, modules }) =>
    modules
      .filter(({ name, parameters }) => name !== 'cacheStorage' && parameters.has('deleteAfterDays'))
      .map(({ name, line }) =>
        finding(path, line, `${name} must keep what it has: retention is lifeboat's alone`),
      ),
  );
  return [...open, ...ageing];
}

function wrongValues({ path: file }: Template, { type, name, line, body }: Resource): Finding[] {
  return (required[type] ?? []).flatMap(([path, value]) => {
    const found = at(body, path)?.text;
    if (found === value) return [];
    return [finding(file, line, `${name}: ${path} must be ${value}, not ${found ?? 'absent'}`)];
  });
}

function finding(file: string, line: number, message: string): Finding {
  return { file, line, rule: 'hardening', message };
}
