import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageBlobReplicaDisks } from '../../../shared/azure/page-blob-replica-disks';
import { FileReplicaDisks } from '../../../shared/files/file-replica-disks';
import { decodeVhdFooter } from '../../../shared/formats/vhd/fixed-vhd';
import type { ReplicaDisk } from '../../../shared/ports/replica-disk';
import type { ReplicaDisks } from '../../../shared/ports/replica-disks';
import { applyExtents } from '../../../shared/service/apply-extents';
import { systemClock } from '../../../shared/system/system-clock';
import { startAzurite } from '../../support/azurite';

const mebibyte = 1024 * 1024;
const hasQemu = spawnSync('qemu-img', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'lifeboat-replicas-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a replica disk in a file', () => {
  it('is found as it was left by who comes after: number, bytes, snapshots', async () => {
    const id = randomUUID();
    const before = new FileReplicaDisks(folder, 'vhd');
    const disk = await writtenTo(before, id, 2 * mebibyte);
    const closed = await disk.raise(4);
    const snapshot = await disk.snapshot(closed.etag);
    await before.close();

    const after = new FileReplicaDisks(folder, 'vhd');
    const found = after.open(id);
    expect(await found.state()).toEqual(closed);
    expect(await found.snapshots()).toEqual([snapshot]);
    expect((await found.read({ offsetBytes: mebibyte, lengthBytes: 512 })).data[0]).toBe(0x5a);
    await after.close();
  });

  it('is a VHD of its size at every moment', async () => {
    const id = randomUUID();
    const disks = new FileReplicaDisks(folder, 'vhd');
    const disk = await writtenTo(disks, id, 2 * mebibyte);
    const footer = (): Buffer => readFileSync(join(folder, id, 'disk.vhd')).subarray(-512);
    expect(decodeVhdFooter(footer())).toEqual({ diskSizeBytes: 2 * mebibyte, diskId: id });
    await disks.grow(id, 3 * mebibyte, (await disk.state()).etag);
    expect(decodeVhdFooter(footer())).toEqual({ diskSizeBytes: 3 * mebibyte, diskId: id });
    const copyId = randomUUID();
    await disks.copy(id, (await disk.snapshot((await disk.state()).etag)).id, copyId);
    const copied = readFileSync(join(folder, copyId, 'disk.vhd')).subarray(-512);
    expect(decodeVhdFooter(copied)).toEqual({ diskSizeBytes: 3 * mebibyte, diskId: copyId });
    await disks.close();
  });
});

describe('a replica disk in a page blob', () => {
  it('is a VHD that holds the disk, byte by byte, also once it has grown', async () => {
    const azurite = await startAzurite();
    try {
      const id = randomUUID();
      const service = azurite.service();
      const disks = new PageBlobReplicaDisks(service, systemClock);
      const disk = await writtenTo(disks, id, 2 * mebibyte);
      const blob = service.getContainerClient('replicas').getBlobClient(`${id}.vhd`);
      for (const sizeBytes of [2 * mebibyte, 3 * mebibyte]) {
        await disks.grow(id, sizeBytes, (await disk.state()).etag);
        const vhd = await blob.downloadToBuffer();
        expect(decodeVhdFooter(vhd.subarray(-512))).toEqual({ diskSizeBytes: sizeBytes, diskId: id });
        const { data } = await disk.read({ offsetBytes: 0, lengthBytes: sizeBytes });
        expect(vhd.subarray(0, -512).equals(data)).toBe(true);
        if (hasQemu) expectSameInQemu(vhd, Buffer.from(data));
      }
    } finally {
      await azurite.stop();
    }
  });
});

async function writtenTo(disks: ReplicaDisks, id: string, sizeBytes: number): Promise<ReplicaDisk> {
  const disk = await disks.create(id, sizeBytes);
  await disk.raise(3);
  const data = Buffer.alloc(mebibyte, 0x5a);
  const extents = [{ kind: 'data', offsetBytes: mebibyte, lengthBytes: mebibyte, data }] as const;
  const frames = async function* (): AsyncGenerator<typeof extents> {
    yield extents;
  };
  await applyExtents(disk, { isSorted: true, frames }, { atNumber: 3 });
  return disk;
}

function expectSameInQemu(vhd: Buffer, raw: Buffer): void {
  const [vhdPath, rawPath] = [join(folder, 'replica.vhd'), join(folder, 'replica.raw')];
  writeFileSync(vhdPath, vhd);
  writeFileSync(rawPath, raw);
  const info = execFileSync('qemu-img', ['info', '-f', 'vpc', '--output=json', vhdPath], {
    encoding: 'utf8',
  });
  expect(JSON.parse(info)).toMatchObject({ 'virtual-size': raw.length });
  const compared = spawnSync('qemu-img', ['compare', '-f', 'vpc', '-F', 'raw', vhdPath, rawPath], {
    encoding: 'utf8',
  });
  expect(compared.stdout).toContain('Images are identical');
}
