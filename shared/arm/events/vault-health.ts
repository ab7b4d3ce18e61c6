import { Fabric } from '../../contracts/catalogue/site';
import { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { HealthError } from '../../contracts/catalogue/resource';
import { everyResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';

interface Summary {
  readonly resourceCount: number;
  readonly issues: readonly Record<string, unknown>[];
  readonly categorizedResourceCounts: Readonly<Record<string, number>>;
}

interface Patient {
  readonly health: string;
  readonly errors: readonly HealthError[];
  readonly correlationId: string;
}

/** The health of a vault: how many of everything, how they fare, and what is wrong with which. */
export async function readVaultHealth(call: Call): Promise<ApiAnswer> {
  return ok(await healthOf(call));
}

/** Looks anew, as a job: the answer is computed whenever it is read. */
export function refreshVaultHealth(call: Call): Promise<ApiAnswer> {
  const id = `${call.vaultId}/replicationVaultHealth/default`;
  const type = 'Microsoft.RecoveryServices/vaults/replicationVaultHealth';
  return healthOf(call).then((health) =>
    control(call, {
      scenarioName: 'RefreshVaultHealth',
      friendlyName: 'Refresh vault health',
      targetInstanceType: 'Vault',
      changes: [
        {
          change: 'put',
          resource: {
            id,
            name: 'Default',
            type,
            properties: { ...(health['properties'] as Record<string, unknown>) },
          },
        },
      ],
      resultId: id,
    }),
  );
}

async function healthOf(call: Call): Promise<Record<string, unknown>> {
  const { records } = call.services;
  const items: Patient[] = [];
  for await (const { resource } of everyResource(records, call.vaultId, 'replicationProtectedItems')) {
    const item = ProtectedItem.parse(resource.properties);
    items.push({ health: item.health, errors: item.healthErrors, correlationId: item.internalId });
  }
  const fabrics: Patient[] = [];
  for await (const { resource } of everyResource(records, call.vaultId, 'replicationFabrics')) {
    const fabric = Fabric.parse(resource.properties);
    fabrics.push({ health: fabric.health, errors: fabric.healthErrors, correlationId: fabric.internalId });
  }
  let containers = 0;
  for await (const _ of everyResource(records, call.vaultId, 'replicationProtectionContainers')) containers++;
  return {
    id: `${call.vaultId}/replicationVaultHealth/default`,
    name: 'Default',
    type: 'Microsoft.RecoveryServices/vaults/replicationVaultHealth',
    properties: {
      vaultErrors: [],
      protectedItemsHealth: summary(items, 'ProtectedItem'),
      fabricsHealth: summary(fabrics, 'Fabric'),
      containersHealth: {
        resourceCount: containers,
        issues: [],
        categorizedResourceCounts: { Normal: containers },
      },
    },
  };
}

function summary(patients: readonly Patient[], kind: string): Summary {
  const issues = new Map<string, { error: HealthError; affected: string[] }>();
  const counts: Record<string, number> = {};
  for (const { health, errors, correlationId } of patients) {
    counts[health] = (counts[health] ?? 0) + 1;
    for (const error of errors) {
      const issue = issues.get(error.code) ?? { error, affected: [] };
      issue.affected.push(correlationId);
      issues.set(error.code, issue);
    }
  }
  return {
    resourceCount: patients.length,
    issues: [...issues.values()].map(({ error, affected }) => ({
      summaryCode: error.code,
      category: error.category,
      severity: error.level,
      summaryMessage: error.summary,
      affectedResourceType: kind,
      affectedResourceSubtype: '',
      affectedResourceCorrelationIds: affected,
    })),
    categorizedResourceCounts: counts,
  };
}
