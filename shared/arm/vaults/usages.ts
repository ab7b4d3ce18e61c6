import { everyResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';

async function count(call: Call, type: string): Promise<number> {
  let found = 0;
  for await (const _ of everyResource(call.services.records, call.vaultId, type)) found++;
  return found;
}

/** How much of the service a vault uses. */
export async function replicationUsages(call: Call): Promise<ApiAnswer> {
  const [items, plans, servers] = await Promise.all([
    count(call, 'replicationProtectedItems'),
    count(call, 'replicationRecoveryPlans'),
    count(call, 'replicationRecoveryServicesProviders'),
  ]);
  return ok({
    value: [
      {
        monitoringSummary: {
          unHealthyVmCount: 0,
          unHealthyProviderCount: 0,
          eventsCount: 0,
          deprecatedProviderCount: 0,
          supportedProviderCount: servers,
          unsupportedProviderCount: 0,
        },
        jobsSummary: { failedJobs: 0, suspendedJobs: 0, inProgressJobs: 0 },
        protectedItemCount: items,
        recoveryPlanCount: plans,
        registeredServersCount: servers,
        recoveryServicesProviderAuthType: 1,
      },
    ],
  });
}

/** The same, as the vault's own usages have it. There is no limit on protected items. */
export async function vaultUsages(call: Call): Promise<ApiAnswer> {
  const used = await count(call, 'replicationProtectedItems');
  return ok({
    value: [
      {
        unit: 'Count',
        quotaPeriod: 'P1D',
        nextResetTime: null,
        currentValue: used,
        limit: 1_000_000,
        name: { value: 'ProtectedItems', localizedValue: 'Protected items' },
      },
    ],
  });
}
