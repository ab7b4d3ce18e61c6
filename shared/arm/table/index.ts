import { ok } from '../http/exchange';
import type { Operation } from '../operations/operation';
import { containerOperations } from './containers';
import { extensionOperations } from './extensions';
import { fabricOperations } from './fabrics';
import { itemOperations } from './items';
import { jobOperations } from './jobs';
import { mappingOperations } from './mappings';
import { migrationOperations } from './migration';
import { networkOperations } from './networks';
import { planOperations } from './plans';
import { policyOperations } from './policies';
import { providerOperations } from './providers';
import { registrationTokenOperations } from './registration-tokens';
import { storageOperations } from './storage';
import { vaultPartOperations } from './vault-parts';
import { vaultOperations } from './vaults';

const groups = [
  vaultOperations,
  fabricOperations,
  containerOperations,
  mappingOperations,
  policyOperations,
  networkOperations,
  storageOperations,
  providerOperations,
  itemOperations,
  planOperations,
  jobOperations,
  vaultPartOperations,
  migrationOperations,
  extensionOperations,
  registrationTokenOperations,
];

/** Every operation of the API. The list of operations answers from this very table. */
export const operations: readonly Operation[] = groups
  .flat()
  .map((operation) =>
    operation.name.endsWith('Operations_List') && operation.path.endsWith('/operations')
      ? { ...operation, handle: () => Promise.resolve(ok({ value: described(), nextLink: null })) }
      : operation,
  );

function described(): readonly Record<string, unknown>[] {
  const byAction = new Map(operations.map((operation) => [operation.action, operation]));
  return [...byAction.values()].map(({ action, summary }) => {
    const [resource = '', operation = summary] = summary.split(': ');
    return {
      name: action,
      origin: 'user',
      display: { provider: 'Microsoft Recovery Services', resource, operation, description: summary },
      properties: null,
    };
  });
}
