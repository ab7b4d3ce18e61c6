import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileLogCache } from '../../shared/files/file-log-cache';
import { FileRecords } from '../../shared/files/file-records';
import { FileReplicaDisks } from '../../shared/files/file-replica-disks';
import { FileTargetDocuments } from '../../shared/files/file-target-documents';
import { systemIds } from '../../shared/system/system-ids';
import { describeLogCache } from './log-cache.contract';
import { describeRecords } from './records.contract';
import { contractDiskBytes, describeReplicaDisk } from './replica-disk.contract';
import { describeReplicaDisks } from './replica-disks.contract';
import { describeTargetDocuments } from './target-documents.contract';

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

const cache = new FileLogCache(join(folder, 'cache'));
describeLogCache('a folder', () => cache);

const documents = new FileTargetDocuments(join(folder, 'documents'), systemIds);
describeTargetDocuments('a folder', () => documents);

describeRecords('a folder', () => FileRecords.open(join(folder, `records-${randomUUID()}`), systemIds));

it('finds its records again when it is opened anew', async () => {
  const at = join(folder, 'records-again');
  const key = { partition: 'a/b', id: 'ä' };
  const { etag } = await (await FileRecords.open(at, systemIds)).create(key, { value: 1 });
  const again = await FileRecords.open(at, systemIds);
  expect(await again.get(key)).toEqual({ ...key, body: { value: 1 }, etag });
});
