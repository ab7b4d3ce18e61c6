import type { PointManifest } from '../../contracts/replication/point-manifest';
import { LifeboatError } from '../../errors';
import type { ReplicationPorts } from '../replication-ports';
import { changeManifest } from './manifests';

/** Keeps a listed point from being pruned while a job needs it. Safe to repeat. */
export async function pinPoint(
  ports: ReplicationPorts,
  pointId: string,
  job: string,
): Promise<PointManifest> {
  const manifest = await changeManifest(ports.documents, pointId, (current) =>
    current?.state === 'listed' && !current.pins.includes(job)
      ? { ...current, pins: [...current.pins, job] }
      : undefined,
  );
  if (manifest === undefined) throw new LifeboatError('NotFound', `There is no recovery point ${pointId}.`);
  if (manifest.state !== 'listed') {
    throw new LifeboatError('PointNotWhole', `The recovery point ${pointId} is ${manifest.state}.`);
  }
  await ports.barrier.pass();
  return manifest;
}

/** The job no longer needs the point. Safe to repeat. */
export async function unpinPoint(ports: ReplicationPorts, pointId: string, job: string): Promise<void> {
  await changeManifest(ports.documents, pointId, (current) =>
    current?.pins.includes(job) === true
      ? { ...current, pins: current.pins.filter((pin) => pin !== job) }
      : undefined,
  );
}
