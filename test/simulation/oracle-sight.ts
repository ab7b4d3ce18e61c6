import type { PointManifest } from '../../shared/contracts/replication/point-manifest';
import type { Position } from '../../shared/model/position';
import { pointName } from '../../shared/model/target-names';
import type { StoredDocument } from '../support/memory/memory-target';
import { sectorsOf } from './sectors';

/** The ladder of the simulation keeps every point this long. */
export const keepAllInMs = 6 * 60_000;

export function nameOf(replicaId: string, { epoch, sequence }: Position): string {
  return `${replicaId.slice(0, 8)} ${epoch}/${sequence}`;
}

export function placeIn(manifest: PointManifest, replicaId: string): Position {
  const member = manifest.members.find((each) => each.replicaId === replicaId);
  return member?.position ?? { epoch: 0, sequence: 0 };
}

export function manifestIn(
  documents: ReadonlyMap<string, StoredDocument>,
  pointId: string,
): PointManifest | undefined {
  const stored = documents.get(pointName(pointId));
  return stored === undefined ? undefined : parsed(stored);
}

const manifests = new WeakMap<StoredDocument, PointManifest>();

export function parsed(stored: StoredDocument): PointManifest {
  let manifest = manifests.get(stored);
  if (manifest === undefined) {
    manifest = JSON.parse(String(stored.content)) as PointManifest;
    manifests.set(stored, manifest);
  }
  return manifest;
}

export function show(content: Buffer): string {
  return sectorsOf(content).join(' ');
}
