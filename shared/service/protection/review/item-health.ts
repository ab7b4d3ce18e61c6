import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import { z } from 'zod';
import { HealthError, type Health } from '../../../contracts/catalogue/resource';
import type { HealthCause, ReplicaRecord } from '../../../contracts/replication/replica-record';
import { recoveryPointAgeInMs } from '../../../model/points/rpo';
import { uuidOf } from '../../agents/agent-records';
import { largestDiskBytes } from '../../../model/disk-limits';
import type { ReviewedItem } from './reviewed-item';

const rpoCheckedEveryInMs = 60_000;

/** Site Recovery's own codes, where it has one for what we found. */
const codes: Readonly<Record<string, string>> = { RpoExceeded: '153007' };

/** Health, errors and RPO of an item: the worst of its replicas, and what the agent says of itself. */
export function itemHealth(
  { records, status, itemId }: ReviewedItem,
  current: ProtectedItem,
  nowInMs: number,
): Partial<ProtectedItem> {
  const known = records.filter((record) => record !== undefined);
  const causes = [
    ...known.flatMap(({ healthCauses }) => healthCauses),
    ...agentCauses(status),
    ...sizeCauses(known, status),
    ...machineCauses(current, status),
  ];
  const resolved = new Set(resolvedOf(current));
  const healthErrors = distinct(causes)
    .map((cause) => errorOf(cause, itemId, current, nowInMs))
    .concat(validationErrorsOf(current).filter(({ id }) => !resolved.has(id)));
  const worst: Health = causes.some(({ severity }) => severity === 'Critical')
    ? 'Critical'
    : causes.length > 0
      ? 'Warning'
      : 'Normal';
  return {
    healthErrors,
    health: known.length === 0 ? 'None' : worst,
    ...rpoOf(known, current, nowInMs),
  };
}

/** The age of the oldest of the disks' newest points. Written once a minute, not with every look. */
function rpoOf(
  records: readonly ReplicaRecord[],
  current: ProtectedItem,
  nowInMs: number,
): Partial<ProtectedItem> {
  const ages = records.map(({ lastPoint }) => recoveryPointAgeInMs(nowInMs, lastPoint));
  if (ages.length === 0 || ages.some((age) => age === undefined)) return {};
  const points = records.map(({ lastPoint }) => lastPoint?.cutTimeInMs ?? 0);
  const lastReplicatedAtInMs = Math.min(...points);
  const isFresh = nowInMs - (current.rpoCalculatedAtInMs ?? 0) < rpoCheckedEveryInMs;
  if (isFresh && current.lastReplicatedAtInMs === lastReplicatedAtInMs) return {};
  return {
    lastReplicatedAtInMs,
    rpoInSeconds: Math.ceil(Math.max(...ages.map((age) => age ?? 0)) / 1000),
    rpoCalculatedAtInMs: nowInMs,
  };
}

function agentCauses(status: ReviewedItem['status']): HealthCause[] {
  return (status?.replicas ?? []).flatMap(({ problem }) =>
    problem === undefined
      ? []
      : [
          {
            code: problem.code,
            severity: 'Warning' as const,
            message: problem.message,
            action: 'Look at the agent.',
          },
        ],
  );
}

/** The machine is not where its agent looks: asking again does not bring it back. */
function machineCauses({ sourceMachineId }: ProtectedItem, status: ReviewedItem['status']): HealthCause[] {
  if (sourceMachineId === undefined || status?.machineIds === undefined) return [];
  if (status.machineIds.some((id) => id.toLowerCase() === sourceMachineId.toLowerCase())) return [];
  return [
    {
      code: 'MachineMissing',
      severity: 'Critical',
      message: 'The server that spoke for the machine does not find it any more.',
      action: 'Bring the machine back, register the host that it runs on now, or disable its protection.',
    },
  ];
}

/** A source that became smaller than its replica is not followed: nothing says which part of it is gone. */
function sizeCauses(records: readonly ReplicaRecord[], status: ReviewedItem['status']): HealthCause[] {
  return records.flatMap((record) => {
    const report = status?.replicas.find(({ replicaId }) => replicaId === record.replicaId);
    if (report === undefined || report.diskSizeBytes === record.sizeBytes) return [];
    if (report.diskSizeBytes > record.sizeBytes && report.diskSizeBytes <= largestDiskBytes) return [];
    const isSmaller = report.diskSizeBytes < record.sizeBytes;
    return [
      {
        code: isSmaller ? 'DiskShrank' : 'DiskTooLarge',
        severity: 'Critical' as const,
        message: `A source disk is ${report.diskSizeBytes} bytes now, its replica ${record.sizeBytes}.`,
        action: isSmaller
          ? 'Give the disk its old size back, or disable protection and enable it again.'
          : 'Disks beyond 2 TiB cannot be recovered everywhere: exclude this one.',
      },
    ];
  });
}

function validationErrorsOf(item: ProtectedItem): HealthError[] {
  return z.array(HealthError).catch([]).parse(item['validationErrors']);
}

/** The findings that a person has declared resolved. */
export function resolvedOf(item: ProtectedItem): string[] {
  return z.array(z.string()).catch([]).parse(item['resolvedErrors']);
}

function distinct(causes: readonly HealthCause[]): readonly HealthCause[] {
  return [...new Map(causes.map((cause) => [`${cause.code} ${cause.severity}`, cause])).values()];
}

function errorOf(cause: HealthCause, itemId: string, current: ProtectedItem, nowInMs: number): HealthError {
  const code = codes[cause.code] ?? cause.code;
  const before = current.healthErrors.find((known) => known.code === code);
  return {
    id: uuidOf(itemId.toLowerCase(), code),
    code,
    level: cause.severity === 'Critical' ? 'Error' : 'Warning',
    category: 'Replication',
    summary: cause.message,
    message: cause.message,
    causes: cause.message,
    action: cause.action,
    createdAtInMs: before?.createdAtInMs ?? nowInMs,
    resolvable: false,
  };
}
