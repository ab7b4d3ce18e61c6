import { join } from 'node:path';
import type { Cloud } from './cloud';
import type { PartName } from './plan';

/** What a person sees when everything serves. */
export function describe(cloud: Cloud, dataFolder: string, tookInMs: number): string {
  const { facts } = cloud;
  const rows: readonly (readonly [PartName, string, string | undefined])[] = [
    ['host', 'app', `${facts['host.endpoint']}  ${facts['host.secureEndpoint']}`],
    ['identity', 'token issuer', facts['identity.issuer']],
    ['cache', 'cache storage', facts['cache.connectionString']],
    ['target', 'target storage', facts['target.connectionString']],
    ['servicebus', 'Service Bus', facts['servicebus.connectionString']],
    ['cosmos', 'Cosmos DB', `AccountEndpoint=${facts['cosmos.endpoint']};AccountKey=${facts['cosmos.key']}`],
    ['arm', 'Resource Manager', facts['arm.endpoint']],
  ];
  const shown = rows.filter(([part]) => cloud.parts.includes(part));
  const missing = rows.filter(([part]) => !cloud.parts.includes(part)).map(([, what]) => what);
  return [
    '',
    ...shown.map(([, what, where]) => `  ${what.padEnd(17)} ${where}`),
    `  ${'authority'.padEnd(17)} ${facts['authority.file']}  (NODE_EXTRA_CA_CERTS, curl --cacert)`,
    ...(missing.length > 0 ? [`  not built: ${missing.join(', ')}`] : []),
    '',
    `Data and keys are in ${join(dataFolder, '/')}. A token: npm run --silent token -- --as operator`,
    `The local cloud is up in ${(tookInMs / 1000).toFixed(1)} s. Ctrl-C ends it.`,
  ].join('\n');
}
