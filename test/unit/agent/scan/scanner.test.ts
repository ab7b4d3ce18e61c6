import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../../agent/site/provider/run-command';
import { describeStatus } from '../../../../agent/run/describe-status';
import { AgentState } from '../../../../agent/run/agent-state';
import { readAgentStatus } from '../../../../agent/run/status-file';
import { ScriptHook } from '../../../../agent/scan/snapshot/script-hook';
import type { SnapshotHook } from '../../../../agent/scan/snapshot/snapshot-hook';
import type { Agent } from '../../../../agent/start-agent';
import type { Log } from '../../../../shared/ports/log';
import { eventually } from '../../../support/eventually';
import { ReferenceService } from '../../../support/reference-service';
import { startTestAgent } from '../../../support/test-agent';

const blockBytes = 64 * 1024;
const diskSizeBytes = 40 * blockBytes + 512;
const never = 1_000_000_000;

let folder: string;
let service: ReferenceService;
let agent: Agent;
let replicaId: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-scan-'));
  service = await ReferenceService.start();
  writeFileSync(
    diskPath(),
    Buffer.concat([randomBytes(20 * blockBytes), Buffer.alloc(20 * blockBytes + 512)]),
  );
});

afterEach(async () => {
  await agent.stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const diskPath = (): string => join(folder, 'disk');

async function start(
  hook: SnapshotHook | undefined,
  { standsStill = false, ...others }: { standsStill?: boolean; log?: Log; sealIntervalInMs?: number } = {},
): Promise<void> {
  agent = await startTestAgent({
    ...{ url: service.url, folder, machineId: 'machine', paths: [diskPath()] },
    ...others,
    scan: { everyInMs: never, hook, standsStill },
  });
}

async function protect(): Promise<void> {
  replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
  service.cutMarkers([replicaId], never);
}

/** Writes the disk as others do: not through the agent. */
async function writeOutside(offsetBytes: number, bytes: Buffer): Promise<void> {
  const file = await open(diskPath(), 'r+');
  await file.write(bytes, 0, bytes.byteLength, offsetBytes);
  await file.close();
}

async function listedPoints() {
  return (await service.replicas.points(replicaId)).filter((point) => point.state === 'listed');
}

/** The newest point, as soon as there are so many. */
function nthPoint(count: number) {
  return eventually(async () => {
    const points = await listedPoints();
    return points.length >= count ? points[0] : undefined;
  }, 60_000);
}

async function contentAt(pointId: string): Promise<Buffer> {
  const toReplicaId = randomUUID();
  const moment = { kind: 'point', pointId } as const;
  await service.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test' });
  const range = { offsetBytes: 0, lengthBytes: diskSizeBytes };
  return Buffer.from((await service.ports.disks.open(toReplicaId).read(range)).data);
}

const sentBytes = (): number => service.uploads.reduce((sum, { byteLength }) => sum + byteLength, 0);

describe('a disk that others write', () => {
  it('is read from the snapshot that a script takes: every point is the snapshot, and only differences are sent', async () => {
    const script = join(folder, 'snapshot.sh');
    const snapshot = join(folder, 'snapshot');
    writeFileSync(
      script,
      `#!/bin/sh\nif [ "$1" = take ]; then cp "$2" ${snapshot} && echo ${snapshot}; else rm -f ${snapshot}; fi\n`,
    );
    chmodSync(script, 0o700);
    const taken: Buffer[] = [];
    const inner = new ScriptHook(script, runCommand);
    await start({
      take: async (paths) => {
        const sources = await inner.take(paths);
        taken.push(readFileSync(snapshot));
        // What is written while the snapshot is read belongs to the next point.
        await writeOutside(3 * blockBytes, randomBytes(blockBytes));
        return sources;
      },
      release: (paths) => inner.release(paths),
    });
    await protect();
    const first = await nthPoint(1);
    expect((await contentAt(first.pointId)).equals(taken[0] ?? Buffer.alloc(0))).toBe(true);

    const before = sentBytes();
    await writeOutside(7 * blockBytes + 100, randomBytes(10));
    await writeOutside(40 * blockBytes, randomBytes(512));
    service.cutNow();
    const second = await nthPoint(2);
    expect((await contentAt(second.pointId)).equals(taken.at(-1) ?? Buffer.alloc(0))).toBe(true);
    // Blocks 3 and 7, and the half sector at the end, of 41.
    expect(sentBytes() - before).toBeLessThan(2.2 * blockBytes);
    expect(sentBytes() - before).toBeGreaterThan(2 * blockBytes);
    await eventually(() => Promise.resolve(!existsSync(snapshot)));

    const status = await eventually(() => {
      const read = readAgentStatus(join(folder, 'state-machine'));
      return Promise.resolve(
        read?.replicas[0]?.scan?.changedBytes === 2 * blockBytes + 512 ? read : undefined,
      );
    });
    const { registered } = new AgentState(join(folder, 'state-machine'));
    expect(describeStatus(registered, status, status.atInMs).join('\n')).toMatch(
      /scanned \d+ s ago: 2\.5 MiB read, 0\.1 MiB had changed/,
    );
  });

  it('is never mixed with what was written after its snapshot, however often logs are sealed meanwhile', async () => {
    let taken = Buffer.alloc(0);
    const snapshot = join(folder, 'snapshot');
    const hook: SnapshotHook = {
      take: async () => {
        taken = readFileSync(diskPath());
        writeFileSync(snapshot, taken);
        // In the first run that is read: found, and pending, while the others are read.
        await writeOutside(3 * blockBytes, randomBytes(blockBytes));
        return [snapshot];
      },
      release: () => Promise.resolve(),
    };
    await start(hook, { sealIntervalInMs: 1 });
    await protect();
    for (let pass = 1; pass <= 12; pass += 1) {
      const point = await nthPoint(pass);
      expect((await contentAt(point.pointId)).equals(taken)).toBe(true);
      service.cutNow();
    }
  });

  it('gives no point while nobody says that it stands still, but what has changed is sent', async () => {
    await start(undefined);
    await protect();
    const changed = randomBytes(512);
    await eventually(() => Promise.resolve(agent.disks[0]?.pending.count === 0 && sentBytes() > 0));
    await writeOutside(30 * blockBytes, changed);
    service.cutNow();
    const disk = service.ports.disks.open(replicaId);
    await eventually(async () =>
      Buffer.from((await disk.read({ offsetBytes: 30 * blockBytes, lengthBytes: 512 })).data).equals(changed),
    );
    expect(await listedPoints()).toEqual([]);
  });

  it('gives no point of a pass in which it was written, whatever was said', async () => {
    const warned: string[] = [];
    const log = {
      info: () => undefined,
      error: () => undefined,
      warn: (what: string) => void warned.push(what),
    };
    writeFileSync(diskPath(), Buffer.alloc(diskSizeBytes));
    await start(undefined, { standsStill: true, log });
    await protect();
    await nthPoint(1);
    // A count is written to the first block, then to the last: a disk that was read meanwhile holds more at its end.
    for (let count = 1; warned.length < 3 && count < 1_000_000; count += 1) {
      const sector = Buffer.alloc(512);
      sector.writeUInt32LE(count);
      await writeOutside(0, sector);
      await writeOutside(40 * blockBytes, sector);
      if (count % 50 === 0) service.cutNow();
    }
    expect(new Set(warned)).toEqual(
      new Set(['a disk was written while it was read; no recovery point can be made of it']),
    );
    const known = (await listedPoints()).length;
    service.cutNow();
    const last = await nthPoint(known + 1);
    expect((await contentAt(last.pointId)).equals(readFileSync(diskPath()))).toBe(true);
    for (const { pointId } of await listedPoints()) {
      const content = await contentAt(pointId);
      const [first, end] = [content.readUInt32LE(0), content.readUInt32LE(40 * blockBytes)];
      expect(first - end === 0 || first - end === 1).toBe(true);
    }
  });

  it('that has shrunk, or of which no snapshot can be taken, is said to be so, and goes on when that is over', async () => {
    const reasons: string[] = [];
    const warn = (_what: string, about?: object): void => void reasons.push(JSON.stringify(about));
    const log = { info: () => undefined, error: () => undefined, warn };
    let trouble: string | undefined;
    const hook: SnapshotHook = {
      take: (paths) => (trouble === undefined ? Promise.resolve(paths) : Promise.reject(new Error(trouble))),
      release: () => Promise.resolve(),
    };
    await start(hook, { log });
    await protect();
    await nthPoint(1);
    const whole = readFileSync(diskPath());
    const said = (what: string) =>
      eventually(() => Promise.resolve(reasons.some((each) => each.includes(what))));

    trouble = 'the volume group is full';
    service.cutNow();
    await said(trouble);
    trouble = undefined;
    writeFileSync(diskPath(), whole.subarray(0, blockBytes));
    await said(`${blockBytes} bytes now, and ${diskSizeBytes} when it was opened`);
    expect(await listedPoints()).toHaveLength(1);

    writeFileSync(diskPath(), whole);
    await writeOutside(0, randomBytes(512));
    const last = await nthPoint(2);
    expect((await contentAt(last.pointId)).equals(readFileSync(diskPath()))).toBe(true);
  });
});
