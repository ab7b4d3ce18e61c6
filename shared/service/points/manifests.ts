import { PointManifest, type PointMember } from '../../contracts/replication/point-manifest';
import { isRefusal } from '../../errors';
import { parsePointerName, pointerPrefix, pointName, type Pointer } from '../../model/target-names';
import type { TargetDocuments } from '../../ports/target-documents';

export interface TaggedManifest {
  readonly manifest: PointManifest;
  readonly etag: string;
}

export async function readManifest(
  documents: TargetDocuments,
  pointId: string,
): Promise<TaggedManifest | undefined> {
  const document = await documents.get(pointName(pointId));
  return document === undefined
    ? undefined
    : { manifest: PointManifest.parse(document.body), etag: document.etag };
}

/**
 * Changes a manifest as it is now, again and again until nobody came between. `change` gets the manifest, or undefined
 * where there is none, and answers with the next one, or undefined to leave it as it is. Returns what is there afterwards.
 */
export async function changeManifest(
  documents: TargetDocuments,
  pointId: string,
  change: (manifest: PointManifest | undefined) => PointManifest | undefined,
): Promise<PointManifest | undefined> {
  for (;;) {
    const tagged = await readManifest(documents, pointId);
    const next = change(tagged?.manifest);
    if (next === undefined) return tagged?.manifest;
    try {
      if (tagged === undefined) await documents.create(pointName(pointId), next);
      else await documents.replace(pointName(pointId), next, tagged.etag);
      return next;
    } catch (error) {
      if (!isRefusal(error, 'Conflict', 'PreconditionFailed')) throw error;
    }
  }
}

export function memberOf(manifest: PointManifest, replicaId: string): PointMember | undefined {
  return manifest.members.find((member) => member.replicaId === replicaId);
}

/** Entered as held, but not seen at the marker since. */
export function isUnconfirmed({ hold, isConfirmed }: PointMember): boolean {
  return hold !== null && isConfirmed !== true;
}

/** The manifest with one member's entry replaced. */
export function withMember(manifest: PointManifest, entry: PointMember): PointManifest {
  const members = manifest.members.map((member) => (member.replicaId === entry.replicaId ? entry : member));
  return { ...manifest, members };
}

/** Where a replica may be held, in the order in which it got there. */
export async function pointersOf(
  documents: TargetDocuments,
  replicaId: string,
  epoch?: number,
): Promise<readonly Pointer[]> {
  const pointers: Pointer[] = [];
  for await (const name of documents.list(pointerPrefix(replicaId, epoch))) {
    const pointer = parsePointerName(name);
    if (pointer !== undefined) pointers.push(pointer);
  }
  return pointers;
}

/** Every manifest that may hold a replica, in the order of its positions; with pointers that lead nowhere left out. */
export async function manifestsOf(
  documents: TargetDocuments,
  replicaId: string,
): Promise<readonly PointManifest[]> {
  const manifests: PointManifest[] = [];
  for (const { pointId } of await pointersOf(documents, replicaId)) {
    const tagged = await readManifest(documents, pointId);
    if (tagged !== undefined) manifests.push(tagged.manifest);
  }
  return manifests;
}
