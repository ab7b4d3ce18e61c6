import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { propertiesOf } from '../template';

const file = 'infra/modules/function-app.bicep';

/** Settings of one machine only: keys the emulators need, the forced save of storage, and paces for which Azure takes the default. */
const onlyLocal = new Set([
  'SERVICE_BUS',
  'COSMOS_KEY',
  'BARRIER_URL',
  'IDENTITY_PRIVATE_AUTHORITY',
  'ARM_POLL_MILLISECONDS',
  'BOOT_WAIT_SECONDS',
]);

/** What the Functions host wants beside the address, to reach Service Bus as the identity. */
const ofTheHost = ['SERVICE_BUS__credential', 'SERVICE_BUS__clientId'];
const platform = [
  ...['AzureWebJobsStorage__accountName', 'AzureWebJobsStorage__credential', 'AzureWebJobsStorage__clientId'],
  ...[
    'APPLICATIONINSIGHTS_CONNECTION_STRING',
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    'AZURE_CLIENT_ID',
  ],
];
/** What the local sample may hold beside the app's own settings. */
const ofTheSample = new Set([
  ...['AzureWebJobsStorage', 'FUNCTIONS_WORKER_RUNTIME', 'NODE_EXTRA_CA_CERTS', 'AZURE_AUTHORITY_HOST'],
  ...['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
]);

/** The app is given exactly the settings that shared/settings.ts reads, and the host exactly its own. */
export function settings({ templates, files, settings: known }: Infra): Finding[] {
  const template = templates.find(({ path }) => path === file);
  const keysOf = (name: string) => {
    const variable = template?.variables.find((candidate) => candidate.name === name);
    return [...propertiesOf(variable?.value).keys()];
  };
  const wanted = [...known.filter((name) => !onlyLocal.has(name)), ...ofTheHost];
  const sample = sampleNames(files.get('local.settings.sample.json') ?? '{}');
  return [
    ...difference(wanted, keysOf('appSettings'), 'appSettings'),
    ...difference(platform, keysOf('hostSettings'), 'hostSettings'),
    ...hostJson(files),
    ...sample
      .filter((name) => !known.includes(name) && !ofTheSample.has(name))
      .map((name) => finding('local.settings.sample.json', `${name} is nobody's setting`)),
  ];
}

function difference(wanted: readonly string[], found: readonly string[], where: string): Finding[] {
  return [
    ...wanted.filter((name) => !found.includes(name)).map((name) => finding(file, `${where} lacks ${name}`)),
    ...found
      .filter((name) => !wanted.includes(name))
      .map((name) => finding(file, `${where} has ${name}, which nobody reads`)),
  ];
}

/** host.json reads its task hub, and the overlay for the scheduler its connection, from settings that are there. */
function hostJson(files: ReadonlyMap<string, string>): Finding[] {
  const overlay = files.get('infra/host/scheduler.json') ?? '';
  const connection = /"connectionStringName":\s*"(\w+)"/.exec(overlay)?.[1] ?? 'a connection string';
  const app = files.get(file) ?? '';
  return [
    ...(app.includes(`${connection}:`)
      ? []
      : [finding('infra/host/scheduler.json', `nobody sets ${connection}`)]),
    ...[...(files.get('host.json') ?? '').matchAll(/%(\w+)%/g)]
      .filter(([, name]) => !app.includes(`${name ?? ''}:`))
      .map(([, name]) => finding('host.json', `nobody sets ${name ?? ''}`)),
  ];
}

function sampleNames(text: string): string[] {
  const { Values = {} } = JSON.parse(text) as { Values?: object };
  return Object.keys(Values);
}

function finding(where: string, message: string): Finding {
  return { file: where, line: 1, rule: 'settings', message };
}
