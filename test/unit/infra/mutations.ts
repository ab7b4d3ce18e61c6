/** One wrong edit of a real file, and the rule that must see it. */
export interface Mutation {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly rule: string;
}

const modules = 'infra/modules';

function mutation(rule: string, file: string, from: string, to: string): Mutation {
  return { what: `${file}: ${onOneLine(from)} -> ${onOneLine(to) || 'nothing'}`, file, from, to, rule };
}

function onOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

const storage = `${modules}/storage.bicep`;
const functionApp = `${modules}/function-app.bicep`;
const serviceBus = `${modules}/service-bus.bicep`;
const cosmos = `${modules}/cosmos.bicep`;
const main = 'infra/main.bicep';

export const mutations: readonly Mutation[] = [
  mutation('syntax', storage, "properties: { publicAccess: 'None' }", "properties: { publicAccess: 'None'"),
  mutation('syntax', functionApp, "kind: 'functionapp,linux'", "kind: 'functionapp,linux"),
  mutation('syntax', main, 'module identity ', 'modul identity '),
  mutation('syntax', cosmos, 'disableLocalAuth: true', 'disableLocalAuth true'),
  mutation('syntax', 'infra/service-bus-entities.json', '"topics": [', '"topics": '),
  mutation('names', main, 'location: sourceLocation', 'location: sourceLocatoin'),
  mutation('names', main, 'token = toLower(', 'token = toLowerCase('),
  mutation('names', main, 'var tags =', 'var unused = 1\nvar tags ='),
  mutation(
    'names',
    cosmos,
    'output endpoint string = account.properties',
    'output endpoint string = account.propertys',
  ),
  mutation('names', serviceBus, 'for roleId in [sender, receiver]', 'for role in [sender, receiver]'),
  mutation('names', storage, 'param isPrivate bool', 'param isPrivate bool\nparam isPrivate bool'),
  mutation('modules', main, "'modules/cosmos.bicep'", "'modules/cosmos-db.bicep'"),
  mutation('modules', main, "    databaseName: 'lifeboat'\n", ''),
  mutation(
    'modules',
    main,
    "taskHubName: 'lifeboat'\n    principalId",
    "taskHub: 'lifeboat'\n    principalId",
  ),
  mutation('modules', main, 'serviceBus.outputs.hostName', 'serviceBus.outputs.host'),
  mutation('modules', main, 'scheduler!.outputs.endpoint', 'scheduler.outputs.endpoint'),
  mutation('modules', cosmos, 'output id string', 'output unread string = name\noutput id string'),
  mutation('roles', storage, 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'),
  mutation('roles', storage, 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'),
  mutation('roles', serviceBus, '    scope: namespace\n', ''),
  mutation('roles', serviceBus, 'scope: namespace', 'scope: resourceGroup()'),
  mutation('roles', serviceBus, "      principalType: 'ServicePrincipal'\n", ''),
  mutation(
    'roles',
    `${modules}/custom-roles.bicep`,
    "'Microsoft.Compute/disks/read'",
    "'Microsoft.Compute/*'",
  ),
  mutation(
    'roles',
    `${modules}/custom-roles.bicep`,
    "'Microsoft.Storage/storageAccounts/read'",
    "'Microsoft.Storage/storageAccounts/listKeys/action'",
  ),
  mutation(
    'secrets',
    storage,
    'output name string = account.name',
    'output name string = account.listKeys().keys[0].value',
  ),
  mutation(
    'secrets',
    functionApp,
    'AzureWebJobsStorage__accountName: hostStorageName',
    "AzureWebJobsStorage: 'DefaultEndpointsProtocol=https;AccountName=${hostStorageName};AccountKey=x'",
  ),
  mutation('secrets', functionApp, 'param apiAudience string', '@secure()\nparam apiAudience string'),
  mutation('secrets', main, "'modules/network.bicep'", "'br/public:avm/res/network/virtual-network:0.5.1'"),
  mutation('hardening', storage, 'allowSharedKeyAccess: false', 'allowSharedKeyAccess: true'),
  mutation('hardening', storage, '    allowBlobPublicAccess: false\n', ''),
  mutation('hardening', storage, "publicAccess: 'None'", "publicAccess: 'Blob'"),
  mutation('hardening', storage, "'TLS1_2'", "'TLS1_0'"),
  mutation('hardening', storage, "isPrivate ? 'Disabled' : 'Enabled'", "'Enabled'"),
  mutation('hardening', serviceBus, 'disableLocalAuth: true', 'disableLocalAuth: false'),
  mutation('hardening', cosmos, '    disableLocalAuth: true\n', ''),
  mutation(
    'hardening',
    `${modules}/key-vault.bicep`,
    'enablePurgeProtection: true',
    'enablePurgeProtection: false',
  ),
  mutation('hardening', functionApp, 'httpsOnly: true', 'httpsOnly: false'),
  mutation('hardening', functionApp, "ftpsState: 'Disabled'", "ftpsState: 'AllAllowed'"),
  mutation(
    'hardening',
    main,
    '    softDeleteDays: 14\n',
    '    softDeleteDays: 14\n    deleteAfterDays: 30\n',
  ),
  mutation('versions', cosmos, "databaseAccounts@2024-11-15' =", "databaseAccounts@2015-04-08' ="),
  mutation('versions', storage, "storageAccounts@2023-05-01' =", "storageAcounts@2023-05-01' ="),
  mutation('settings', functionApp, 'DOORBELL_QUEUE: doorbellQueue', 'DOORBEL_QUEUE: doorbellQueue'),
  mutation('settings', functionApp, "  JOB_RETRY_AFTER_SECONDS: '15'\n", ''),
  mutation('settings', functionApp, '  SERVICE_BUS__clientId: identityClientId\n', ''),
  mutation('settings', functionApp, '  AZURE_CLIENT_ID: identityClientId\n', ''),
  mutation(
    'settings',
    functionApp,
    'COSMOS_DATABASE: cosmosDatabase',
    "COSMOS_DATABASE: cosmosDatabase\n  COSMOS_KEY: 'x'",
  ),
  mutation(
    'settings',
    'infra/host/scheduler.json',
    'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
    'DTS_CONNECTION',
  ),
  mutation('settings', 'host.json', '%TASKHUB_NAME%', '%TASK_HUB%'),
  mutation('settings', 'local.settings.sample.json', '"COSMOS_DATABASE"', '"COSMOS_DB"'),
  mutation('lengths', main, "name: 'sttarget${token}'", "name: 'sttargetaccount${token}'"),
  mutation('lengths', main, '@maxLength(20)\n', ''),
  mutation('lengths', `${modules}/key-vault.bicep`, '@maxLength(24)', '@maxLength(40)'),
  mutation('places', cosmos, '  location: location\n', "  location: 'westeurope'\n"),
  mutation(
    'places',
    main,
    "name: 'sb-${token}'\n    location: location",
    "name: 'sb-${token}'\n    location: sourceLocation",
  ),
  mutation('entities', serviceBus, '      requiresSession: queue.requiresSession\n', ''),
  mutation(
    'entities',
    'infra/service-bus-entities.json',
    '"requiresSession": true',
    '"requiresSession": true, "requiresDuplicateDetection": true',
  ),
  mutation('azd', 'azure.yaml', '  api:', '  web:'),
  mutation('azd', 'azure.yaml', 'npm run bundle', 'npm run package'),
  mutation('azd', 'infra/main.parameters.json', '"apiAudience"', '"audience"'),
  mutation('inventory', storage, 'minimumTlsVersion:', "minimumTlsVersion: 'TLS1_2'\n    minTlsVersion:"),
  mutation('inventory', functionApp, 'maximumInstanceCount', 'maxInstanceCount'),
  mutation('inventory', cosmos, 'partitionKey:', 'partitionkey:'),
];
