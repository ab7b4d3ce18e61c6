import type { Certificates } from '../authority';
import type { Declaration } from './declaration';
import type { Facts } from './placeholders';
import type { Ports } from './ports';

export interface FactsOptions {
  readonly declaration: Declaration;
  readonly ports: Ports;
  readonly secrets: Readonly<Record<string, string>>;
  readonly certificates: Certificates;
}

/** Everything that a placeholder can name. Known before any part is started, so that parts can know of each other. */
export function gatherFacts(options: FactsOptions): Facts {
  const { declaration, ports, certificates } = options;
  const identity = `https://127.0.0.1:${ports.identity}`;
  const { tenantId } = declaration.identity;
  return {
    'authority.file': certificates.authorityFile,
    'barrier.url': `http://127.0.0.1:${ports.control}/save`,
    'identity.endpoint': identity,
    'identity.issuer': `${identity}/${tenantId}/v2.0`,
    'identity.tenantId': tenantId,
    'servicebus.connectionString':
      `Endpoint=sb://127.0.0.1:${ports.servicebus};SharedAccessKeyName=local;` +
      `SharedAccessKey=${secret(options, 'servicebus')};UseDevelopmentEmulator=true`,
    'cosmos.endpoint': `http://127.0.0.1:${ports.cosmos}`,
    'cosmos.key': secret(options, 'cosmos'),
    'arm.endpoint': `https://127.0.0.1:${ports.arm}`,
    'host.endpoint': `http://127.0.0.1:${ports.host}`,
    'host.secureEndpoint': `https://127.0.0.1:${ports['host-https']}`,
    ...accountFacts(options, 'cache'),
    ...accountFacts(options, 'target'),
    ...principalFacts(options),
  };
}

/** The names of the secrets that a declaration needs. */
export function secretNames({ identity }: Declaration): string[] {
  const principals = identity.principals.filter((principal) => principal.secret === undefined);
  return ['servicebus', 'cosmos', 'cache', 'target', ...principals.map(({ name }) => `principal.${name}`)];
}

function accountFacts(options: FactsOptions, name: 'cache' | 'target'): Facts {
  const { account } = options.declaration.storage[name];
  const endpoint = `https://127.0.0.1:${options.ports[name]}/${account}`;
  const key = secret(options, name);
  return {
    [`${name}.endpoint`]: endpoint,
    [`${name}.account`]: account,
    [`${name}.key`]: key,
    [`${name}.connectionString`]: `DefaultEndpointsProtocol=https;AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint}`,
  };
}

function principalFacts(options: FactsOptions): Facts {
  return Object.fromEntries(
    options.declaration.identity.principals.flatMap((principal) => [
      [`principal.${principal.name}.clientId`, principal.clientId],
      [
        `principal.${principal.name}.secret`,
        principal.secret ?? secret(options, `principal.${principal.name}`),
      ],
    ]),
  );
}

function secret({ secrets }: FactsOptions, name: string): string {
  const value = secrets[name];
  if (value === undefined) throw new Error(`The secret ${name} was not made`);
  return value;
}
