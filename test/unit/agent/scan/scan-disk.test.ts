import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDisk } from '../../../../agent/disk/open-disk';
import { ProtectedDisk } from '../../../../agent/replica/protected-disk';
import { scanDisk, type ScanFigures } from '../../../../agent/scan/scan-disk';
import { ScanDigests } from '../../../../agent/scan/scan-digests';
import { SpoolCipher } from '../../../../agent/spool/spool-cipher';
import type { DesiredReplica } from '../../../../shared/contracts/agent/desired';
import { systemClock } from '../../../../shared/system/system-clock';

const blockBytes = 64 * 1024;
const blocks = 20;
const wish: DesiredReplica = {
  ...{ replicaId: '0198b2f0-0000-7000-8000-000000000001', machineId: 'machine', diskId: 'disk' },
  ...{ mode: 'continue', epoch: 1, chainHead: '0'.repeat(64), mayCopy: true },
};

let folder: string;
let digests: ScanDigests;
let disk: ProtectedDisk;
let mayKeep = true;

const path = (): string => join(folder, 'disk');

/** As an agent that starts on the folder, for the first time or again. */
async function open(): Promise<void> {
  digests = new ScanDigests(join(folder, 'replica'));
  disk = await ProtectedDisk.open({
    ...{ disk: openDisk(path()), machineId: 'machine', diskId: 'disk', folder: join(folder, 'replica') },
    ...{ cipher: new SpoolCipher(Buffer.alloc(32, 1)), bootId: 'boot', clock: systemClock },
    ...{ spoolQuotaBytes: 2 ** 30, openLogLimitBytes: 2 ** 30, sealAtBytes: 2 ** 30 },
    onSealDue: () => undefined,
    isScanned: true,
    onSealed: (log) => {
      if (!mayKeep) throw new Error('killed');
      digests.keep(log);
    },
  });
  await disk.follow(wish, 0);
}

function close(): void {
  disk.close();
  digests.close();
}

async function scan(): Promise<ScanFigures> {
  const source = openDisk(path(), 'read');
  try {
    const mayGoOn = (): boolean => true;
    return await scanDisk({ disk, digests, source, asOfInMs: 0, mayGoOn, sealAtBytes: 2 ** 30 });
  } finally {
    source.close();
  }
}

const write = (value: number): void => writeFileSync(path(), Buffer.alloc(blocks * blockBytes, value));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-scan-disk-'));
  mayKeep = true;
  write(1);
  await open();
});

afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a scan', () => {
  it('sends everything once, and afterwards what has changed, even after a new start', async () => {
    const all = { readBytes: blocks * blockBytes, isWhole: true };
    expect(await scan()).toEqual({ ...all, changedBytes: blocks * blockBytes });
    expect(await scan()).toEqual({ ...all, changedBytes: 0 });
    close();
    await open();
    expect(await scan()).toEqual({ ...all, changedBytes: 0 });
    write(2);
    expect(await scan()).toEqual({ ...all, changedBytes: blocks * blockBytes });
    expect(disk.pending.count).toBe(0);
  });

  it('that died between seal and note sends a block again, though it is again what it was before', async () => {
    await scan();
    const { length } = disk.spool.logs;
    write(2);
    mayKeep = false;
    await expect(scan()).rejects.toThrow('killed');
    expect(disk.spool.logs).toHaveLength(length + 1);
    close();
    mayKeep = true;
    await open();
    write(1);
    expect((await scan()).changedBytes).toBe(blocks * blockBytes);
  });
});
