import { randomInt, randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceDigests } from '../../../../agent/copy/service-digests';
import { FileDisk } from '../../../../agent/disk/file-disk';
import { bringOver } from '../../../../agent/restore/bring-over';
import { grantedContent } from '../../../../agent/restore/replica-content';
import { AgentKey } from '../../../../agent/service/agent-key';
import { ServiceClient } from '../../../../agent/service/service-client';
import { systemClock } from '../../../../shared/system/system-clock';
import { systemIds } from '../../../../shared/system/system-ids';
import { SeededChance } from '../../../support/seeded-chance';
import { blockBytes, blockOf, SparseReplica } from '../../../support/sparse-replica';

const seed = Number(process.env['FAILBACK_SEED'] ?? randomInt(2 ** 31));
const diskBytes = 8 * 1024 ** 3;
const diskBlocks = diskBytes / blockBytes;
const changedBlocks = Math.floor(diskBlocks / 100);

let folder: string;
let replica: SparseReplica;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-sparse-'));
});

afterEach(async () => {
  await replica.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A sparse disk of 8 GiB as it was left, and its replica, on which one block in a hundred has changed since. */
async function leaveAndChange(path: string): Promise<void> {
  const chance = new SeededChance(seed);
  const left = new Map<number, number>();
  for (let count = 0; count < changedBlocks; count++) left.set(Math.floor(chance.next() * diskBlocks), 1);
  const changed = new Map(left);
  const known = [...left.keys()];
  for (let count = 0; count < changedBlocks; count++) {
    // Blocks that were there and are others now, new ones, and a few that were given back.
    const isNew = chance.next() < 0.5;
    const block = isNew
      ? Math.floor(chance.next() * diskBlocks)
      : (known[Math.floor(chance.next() * known.length)] ?? 0);
    if (!isNew && chance.next() < 0.1) changed.delete(block);
    else changed.set(block, 2);
  }
  const file = openSync(path, 'w');
  for (const [block, version] of left)
    writeSync(file, blockOf(block, version), 0, blockBytes, block * blockBytes);
  closeSync(file);
  truncateSync(path, diskBytes);
  replica = await SparseReplica.start(randomUUID(), diskBytes, changed);
}

describe('coming back to a disk of 8 GiB of which 1 % has changed', () => {
  it(`D20 costs little more than the change on the wire, and no more space (FAILBACK_SEED=${seed})`, async () => {
    const path = join(folder, 'disk');
    await leaveAndChange(path);
    const service = new ServiceClient({
      ...{ url: new URL(replica.url), agentId: randomUUID(), key: new AgentKey(AgentKey.create()) },
      ...{ clock: systemClock, ids: systemIds },
    });
    const options = {
      ...{ sizeBytes: diskBytes, clock: systemClock, signal: new AbortController().signal },
      digests: () => serviceDigests(service, replica.replicaId, replica.epoch),
      content: grantedContent(`${replica.url}/disk`, undefined),
    };
    const disk = new FileDisk(path, diskBytes);
    const usedBytes = statSync(path).blocks * 512;
    const brought = await bringOver({ ...options, disk, digests: options.digests() });

    const changedBytes = changedBlocks * blockBytes;
    expect(brought.differingBytes).toBeGreaterThan(0.8 * changedBytes);
    expect(brought.differingBytes).toBeLessThanOrEqual(changedBytes);
    const wire = `${replica.bytesOnTheWire} bytes on the wire for ${brought.differingBytes} changed of ${diskBytes}`;
    process.stdout.write(`failback: ${wire}\n`);
    expect(replica.bytesOnTheWire).toBeLessThan(1.1 * brought.differingBytes + 0.005 * diskBytes);
    expect(statSync(path).blocks * 512 - usedBytes).toBeLessThanOrEqual(brought.differingBytes);
    for (const [block, version] of replica.versions) {
      const held = disk.readNow(block * blockBytes, blockBytes);
      expect(held.equals(blockOf(block, version))).toBe(true);
    }
    // Whatever else it holds are zeros: its digests are the replica's.
    expect(await bringOver({ ...options, disk, digests: options.digests() })).toMatchObject({
      differingBytes: 0,
    });
    disk.close();
  });
});
