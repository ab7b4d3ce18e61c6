import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileReplicaDisks } from '../../shared/files/file-replica-disks';
import { contractDiskBytes, describeReplicaDisk } from './replica-disk.contract';
import { describeReplicaDisks } from './replica-disks.contract';

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-files-'));
const opened: FileReplicaDisks[] = [];

afterAll(async () => {
  await Promise.all(opened.map((disks) => disks.close()));
  rmSync(folder, { recursive: true, force: true });
});

for (const format of ['raw', 'vhd'] as const) {
  const disks = new FileReplicaDisks(join(folder, format), format);
  opened.push(disks);
  describeReplicaDisk(`a ${format} file`, () => disks.create(randomUUID(), contractDiskBytes));
  describeReplicaDisks(`${format} files`, () => disks);
}
