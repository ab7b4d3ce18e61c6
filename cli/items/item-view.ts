import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import { isoTime } from '../output/plain-time';
import type { Column } from '../output/table';

/** A protected machine, as the command line shows it. These fields are API: scripts query them. */
export interface ItemView {
  readonly machine: string;
  readonly state: string;
  readonly health: string;
  readonly rpoInSeconds: number | null;
  /** Null where the scenario does not tell. */
  readonly pendingMegabytes: number | null;
  readonly copiedPercent: number | null;
  readonly activeLocation: string;
  readonly scenario: string;
  readonly runningJob: string | null;
  readonly allowedOperations: readonly string[];
  readonly lastTestFailover: string | null;
  readonly lastFailover: string | null;
  readonly policy: string;
  readonly id: string;
}

export const itemColumns: readonly Column[] = [
  { title: 'MACHINE', field: 'machine' },
  { title: 'STATE', field: 'state' },
  { title: 'HEALTH', field: 'health', kind: 'health' },
  { title: 'RPO', field: 'rpoInSeconds', kind: 'duration' },
  { title: 'PENDING MB', field: 'pendingMegabytes' },
  { title: 'ACTIVE', field: 'activeLocation' },
  { title: 'JOB', field: 'runningJob' },
  { title: 'LAST TEST', field: 'lastTestFailover', kind: 'time' },
];

type Loose = Readonly<Record<string, unknown>>;

export function itemView({ id = '', name = '', properties }: ReplicationProtectedItem): ItemView {
  const details = looseOf(properties?.providerSpecificDetails);
  const scenarioName = properties?.currentScenario?.scenarioName;
  return {
    machine: properties?.friendlyName ?? name,
    state: properties?.protectionStateDescription ?? properties?.protectionState ?? '',
    health: properties?.replicationHealth ?? 'None',
    rpoInSeconds: numberOf(details['rpoInSeconds']),
    pendingMegabytes: pendingOf(disksOf(details)),
    copiedPercent: copiedOf(details),
    activeLocation: properties?.activeLocation ?? '',
    scenario: textOf(details['instanceType']),
    runningJob: scenarioName === undefined || scenarioName === 'None' ? null : scenarioName,
    allowedOperations: properties?.allowedOperations ?? [],
    lastTestFailover: isoTime(properties?.lastSuccessfulTestFailoverTime) ?? null,
    lastFailover: isoTime(properties?.lastSuccessfulFailoverTime) ?? null,
    policy: properties?.policyFriendlyName ?? '',
    id,
  };
}

interface DiskView {
  readonly disk: string;
  readonly sizeGiB: number | null;
  readonly pendingMegabytes: number | null;
  readonly resyncRequired: boolean;
}

/** The item with all that is known of it. */
export function itemDetails(item: ReplicationProtectedItem): object {
  return {
    ...itemView(item),
    disks: disksOf(looseOf(item.properties?.providerSpecificDetails)),
    errors: (item.properties?.healthErrors ?? []).map((error) => ({
      code: error.errorCode,
      level: error.errorLevel,
      message: error.errorMessage,
      causes: error.possibleCauses,
      action: error.recommendedAction,
    })),
  };
}

/** Each scenario calls its disks, and what of them waits, by names of its own. */
function disksOf(details: Loose): readonly DiskView[] {
  const lists = ['protectedManagedDisks', 'azureVmDiskDetails', 'protectedDisks'];
  const disks = lists.map((name) => details[name]).find(Array.isArray) ?? [];
  return disks.map((disk: unknown) => {
    const loose = looseOf(disk);
    const pending = [
      'dataPendingInStagingStorageAccountInMB',
      'dataPendingAtSourceAgentInMB',
      'psDataInMegaBytes',
      'dataPendingInLogDataStoreInMB',
    ]
      .map((name) => numberOf(loose[name]))
      .filter((count) => count !== null);
    const sizeBytes = numberOf(loose['diskCapacityInBytes'] ?? loose['capacityInBytes']);
    return {
      disk: textOf(loose['diskName'] ?? loose['vhdName'] ?? loose['diskId']),
      sizeGiB: sizeBytes === null ? null : Math.round((sizeBytes / 1024 ** 3) * 10) / 10,
      pendingMegabytes: pending.length === 0 ? null : pending.reduce((sum, count) => sum + count, 0),
      resyncRequired: loose['resyncRequired'] === true || loose['resyncRequired'] === 'true',
    };
  });
}

function pendingOf(disks: readonly DiskView[]): number | null {
  const told = disks.map(({ pendingMegabytes }) => pendingMegabytes).filter((count) => count !== null);
  return told.length === 0 ? null : Math.ceil(told.reduce((sum, count) => sum + count, 0));
}

function copiedOf(details: Loose): number | null {
  const copy = looseOf(details['initialReplicationDetails']);
  return numberOf(
    details['monitoringPercentageCompletion'] ??
      copy['initialReplicationProgressPercentage'] ??
      details['initialReplicationProgressPercentage'],
  );
}

function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
