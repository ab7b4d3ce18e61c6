import { parseResyncWindow, usualResyncWindow, type ResyncWindow } from './resync/resync-window';
import { ladderOf, type Rung } from './points/retention';

/** What a policy of any scenario comes to, in one set of words. */
export interface ProtectionPolicy {
  readonly crashIntervalInMs: number;
  /** Absent: no application-consistent points. */
  readonly appIntervalInMs?: number;
  readonly retention: readonly Rung[];
  /** Without a new point for this long, the item's health says so. */
  readonly rpoThresholdInMs: number;
  /** When resyncs start by themselves. */
  readonly resyncWindow: ResyncWindow;
  /** False where machines may not share points with others. */
  readonly allowsGroups: boolean;
  /** Absent: bytes leave as fast as they can. */
  readonly uploadLimit?: UploadLimit;
}

/** Bytes a second, at certain times of the day. */
export interface UploadLimit extends ResyncWindow {
  readonly bytesPerSecond: number;
}

const minuteInMs = 60_000;
const hourInMs = 60 * minuteInMs;

/** What each field of a policy counts, by the names that answers give them. */
const crashFields = {
  crashConsistentFrequencyInMinutes: minuteInMs,
  replicationInterval: 1000,
  replicationFrequencyInSeconds: 1000,
};
const appFields = {
  appConsistentFrequencyInMinutes: minuteInMs,
  applicationConsistentSnapshotFrequencyInHours: hourInMs,
};
const retentionFields = {
  recoveryPointHistory: minuteInMs,
  recoveryPointHistoryInMinutes: minuteInMs,
  recoveryPointHistoryDurationInHours: hourInMs,
  recoveryPoints: hourInMs,
};

/** Reads the details of a policy, whatever its scenario calls them. */
export function protectionPolicyOf(details: Readonly<Record<string, unknown>>): ProtectionPolicy {
  const appIntervalInMs = firstOf(details, appFields) ?? 0;
  const retentionInMs = firstOf(details, retentionFields) ?? 24 * hourInMs;
  return {
    crashIntervalInMs: Math.max(1000, Math.round(firstOf(details, crashFields) ?? 5 * minuteInMs)),
    ...(appIntervalInMs > 0 ? { appIntervalInMs: Math.round(appIntervalInMs) } : {}),
    retention: ladderOf(Math.max(1, Math.round(retentionInMs))),
    rpoThresholdInMs: firstOf(details, { recoveryPointThresholdInMinutes: minuteInMs }) ?? hourInMs,
    resyncWindow: parseResyncWindow(details['resyncWindow']) ?? usualResyncWindow,
    allowsGroups: details['multiVmSyncStatus'] !== 'Disabled',
    ...uploadLimitOf(details),
  };
}

const always: ResyncWindow = { fromMinute: 0, toMinute: 0 };

function uploadLimitOf(details: Readonly<Record<string, unknown>>): { uploadLimit?: UploadLimit } {
  const bytesPerSecond = details['uploadLimitInBytesPerSecond'];
  if (typeof bytesPerSecond !== 'number' || !(bytesPerSecond >= 1)) return {};
  const window = parseResyncWindow(details['uploadLimitWindow']) ?? always;
  return { uploadLimit: { bytesPerSecond: Math.round(bytesPerSecond), ...window } };
}

function firstOf(
  details: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, number>>,
): number | undefined {
  for (const [field, unitInMs] of Object.entries(fields)) {
    const value = details[field];
    if (typeof value === 'number') return value * unitInMs;
  }
  return undefined;
}
