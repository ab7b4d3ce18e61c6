import type { Connection } from '../connect/connection';
import { notFound, usage } from '../failure';
import { isoTime } from '../output/plain-time';
import type { Column } from '../output/table';
import type { ItemPlace } from './find-item';

export interface PointView {
  readonly name: string;
  readonly time: string;
  readonly type: string;
  readonly isGroupPoint: boolean;
  readonly ageInSeconds: number;
  readonly id: string;
}

export const pointColumns: readonly Column[] = [
  { title: 'TIME', field: 'time', kind: 'time' },
  { title: 'AGE', field: 'ageInSeconds', kind: 'duration' },
  { title: 'TYPE', field: 'type' },
  { title: 'GROUP', field: 'isGroupPoint' },
  { title: 'NAME', field: 'name' },
];

/** The recovery points of a machine, newest first. */
export async function pointsOf(
  { site, vault, group }: Connection,
  { fabric, container, name }: ItemPlace,
  { nowInMs, limit = Infinity }: { readonly nowInMs: number; readonly limit?: number },
): Promise<readonly PointView[]> {
  const points: PointView[] = [];
  const all = site.recoveryPoints.listByReplicationProtectedItems(vault, group, fabric, container, name);
  for await (const { id, name: pointName, properties } of all) {
    const time = isoTime(properties?.recoveryPointTime) ?? '';
    const details: object = properties?.providerSpecificDetails ?? {};
    points.push({
      name: pointName ?? '',
      time,
      type: properties?.recoveryPointType ?? '',
      isGroupPoint: 'isMultiVmSyncPoint' in details && details.isMultiVmSyncPoint === 'Yes',
      ageInSeconds: Math.max(0, Math.round((nowInMs - Date.parse(time)) / 1000)),
      id: id ?? '',
    });
  }
  // The service promises no order, so all are read before the newest are known.
  return points
    .toSorted((left, right) => (left.time < right.time ? 1 : left.time > right.time ? -1 : 0))
    .slice(0, limit);
}

/** `latest`, `latest-app`, a moment (the newest point not after it), or a point's name or id. */
export function choosePoint(points: readonly PointView[], wanted: string): PointView {
  const named = points.find(
    ({ id, name }) =>
      name.toLowerCase() === wanted.toLowerCase() || id.toLowerCase() === wanted.toLowerCase(),
  );
  const found = named ?? byWord(points, wanted);
  if (found !== undefined) return found;
  const oldest = points.at(-1);
  throw notFound(
    `The machine has no recovery point for "${wanted}".`,
    oldest === undefined
      ? 'It has none at all yet.'
      : `Its points reach from ${oldest.time} to ${points[0]?.time ?? ''}; lifeboat points lists them.`,
  );
}

function byWord(points: readonly PointView[], wanted: string): PointView | undefined {
  if (wanted === 'latest') return points[0];
  if (wanted === 'latest-app') return points.find(({ type }) => /^App/.test(type));
  if (!/^\d{4}-\d\d-\d\d/.test(wanted)) return undefined;
  const moment = Date.parse(wanted);
  if (Number.isNaN(moment)) {
    throw usage(`"${wanted}" is no moment.`, 'Such as: 2026-01-31T12:00:00Z');
  }
  return points.find(({ time }) => Date.parse(time) <= moment);
}
