import type { ReplicaDisks } from '../../shared/ports/replica-disks';

/** A range of the replica disk that a path `/content/{replicaId}` names, as the storage account answers it. */
export async function readContent(disks: ReplicaDisks, path: string, range: string) {
  const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const replica = disks.open(path.split('/')[2] ?? '');
  const { data } = await replica.read({
    offsetBytes: Number(from),
    lengthBytes: Number(to) - Number(from) + 1,
  });
  return { status: 206, body: Buffer.from(data) };
}
