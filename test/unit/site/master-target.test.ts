import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterTarget } from '../../../agent/site/master-target/master-target';
import { epochUrl } from '../../../agent/site/intake/log-path';
import type { SiteTrust } from '../../../agent/site/site-trust';
import { putLog, type PutOutcome } from '../../../agent/ship/put-log';
import { ReplicaPolicy } from '../../../shared/contracts/replication/replica-policy';
import type { Clock } from '../../../shared/ports/clock';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { eventually } from '../../support/eventually';
import { SealedStream } from '../../support/site/sealed-stream';
import { SiteAuthority } from '../../support/site/site-certificates';

const sizeBytes = 3 * 1024 * 1024;
const policy = ReplicaPolicy.parse({ retention: [{ untilAgeInMs: 3_600_000_000_000, everyInMs: 0 }] });
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'master-target-'));
const signal = new AbortController().signal;
let authority: SiteAuthority;
let trust: SiteTrust;
let target: MasterTarget;

beforeAll(async () => {
  authority = await SiteAuthority.create();
  trust = await authority.issue('a process server');
  target = await opened('raw');
});

afterAll(async () => {
  await target.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How far the clock of the targets is ahead. */
let aheadInMs = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadInMs };

async function opened(format: 'raw' | 'vhd', name: string = format): Promise<MasterTarget> {
  return MasterTarget.open({
    ...{ folder: join(folder, name), format, clock, ids: systemIds, log: quiet },
    ...{ listen: { host: '127.0.0.1', port: 0 }, trust: await authority.issue('a master target') },
  });
}

async function begin(at: MasterTarget): Promise<{ replicaId: string; stream: SealedStream }> {
  const replicaId = randomUUID();
  await at.replicas.create({ replicaId, sizeBytes, ownerId: 'an item', policy });
  const start = { replicaId, kind: 'rebase', reason: 'test', job: randomUUID() } as const;
  const { epoch, chainHead } = await at.replicas.startEpoch(start);
  return { replicaId, stream: new SealedStream({ replicaId, epoch }, chainHead, sizeBytes) };
}

function put(at: MasterTarget, replicaId: string, sequence: number, bytes: Uint8Array): Promise<PutOutcome> {
  const grantUrl = epochUrl(at.address, replicaId, 1);
  return putLog({ grantUrl, sequence, attempt: 0, bytes, trust, signal });
}

async function reaches(at: MasterTarget, replicaId: string, sequence: number): Promise<void> {
  await eventually(async () => (await at.replicas.read(replicaId))?.durable?.sequence === sequence);
}

it('E3: holds what was sent, byte for byte, and every point as it was at its marker', async () => {
  const { replicaId, stream } = await begin(target);
  const states = new Map<string, Buffer>();
  for (let index = 0; index < 6; index += 1) {
    const pointId = randomUUID();
    const bytes = await stream.seal(4096 * 13 * index, randomBytes(64 * 1024), pointId);
    states.set(pointId, Buffer.from(stream.content));
    expect(await put(target, replicaId, stream.sequence, bytes)).toBe('put');
  }
  await reaches(target, replicaId, 6);
  expect(readFileSync(target.pathOf(replicaId)).equals(stream.content)).toBe(true);
  const listed = await target.replicas.points(replicaId);
  expect(listed.map(({ pointId }) => pointId)).toEqual([...states.keys()].reverse());
  for (const [pointId, content] of states) {
    const copyId = randomUUID();
    const moment = { kind: 'point', pointId };
    const disks = [{ diskId: 'disk0', replicaId, copyId, moment }];
    const open = target.taskHandlers.openRecoveryPoint;
    const output = await open?.({ job: randomUUID(), disks }, 'a task', signal);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const path = target.pathOf(copyId);
    expect(output).toEqual({ disks: [{ diskId: 'disk0', copyId, path, sizeBytes, sha256 }] });
    expect(readFileSync(target.pathOf(copyId)).equals(content)).toBe(true);
  }
});

it('keeps a fixed VHD where that is wanted: the same bytes, and a footer', async () => {
  const vhd = await opened('vhd');
  const { replicaId, stream } = await begin(vhd);
  await put(vhd, replicaId, 1, await stream.seal(0, randomBytes(4096)));
  await reaches(vhd, replicaId, 1);
  const file = readFileSync(vhd.pathOf(replicaId));
  expect(file.subarray(0, sizeBytes).equals(stream.content)).toBe(true);
  expect(file.toString('latin1', sizeBytes, sizeBytes + 8)).toBe('conectix');
  await vhd.close();
});

it('applies logs in their order, in whichever they come, and each once', async () => {
  const { replicaId, stream } = await begin(target);
  const logs = [];
  for (let index = 0; index < 4; index += 1) logs.push(await stream.seal(512 * index, randomBytes(4096)));
  for (const index of [3, 1, 2, 0, 2]) {
    const outcome = await put(target, replicaId, index + 1, logs[index] ?? Buffer.alloc(0));
    expect(['put', 'perhaps']).toContain(outcome);
  }
  await reaches(target, replicaId, 4);
  expect(readFileSync(target.pathOf(replicaId)).equals(stream.content)).toBe(true);
});

it('takes nothing of an epoch that is over, nor of a replica it does not keep', async () => {
  const { replicaId, stream } = await begin(target);
  const bytes = await stream.seal(0, randomBytes(4096));
  await target.replicas.fence(replicaId, { reason: 'failover', job: 'a job' });
  expect(await put(target, replicaId, 1, bytes)).toBe('gone');
  expect(await put(target, randomUUID(), 1, bytes)).toBe('gone');
  expect(readFileSync(target.pathOf(replicaId)).equals(Buffer.alloc(sizeBytes))).toBe(true);
});

it('asks for a log again that came torn, and goes on with the right one', async () => {
  const { replicaId, stream } = await begin(target);
  const bytes = await stream.seal(0, randomBytes(64 * 1024));
  await put(target, replicaId, 1, bytes.subarray(0, bytes.byteLength - 100));
  const missing = await eventually(async () => (await target.replicas.read(replicaId))?.missing ?? undefined);
  expect(missing).toMatchObject({ sequence: 1, attempt: 1 });
  const grantUrl = epochUrl(target.address, replicaId, 1);
  await putLog({ grantUrl, sequence: 1, attempt: 1, bytes, trust, signal });
  await reaches(target, replicaId, 1);
  expect(readFileSync(target.pathOf(replicaId)).equals(stream.content)).toBe(true);
});

it('lets in only who shows a certificate of the site', async () => {
  const { replicaId, stream } = await begin(target);
  const bytes = await stream.seal(0, randomBytes(4096));
  const stranger = await (await SiteAuthority.create('another site')).issue('a stranger');
  const knowing = { ...stranger, authority: trust.authority };
  const grantUrl = epochUrl(target.address, replicaId, 1);
  const request = { grantUrl, sequence: 1, attempt: 0, bytes, signal };
  await expect(putLog({ ...request, trust: knowing })).rejects.toThrow();
  await expect(putLog({ ...request, certificateAuthority: trust.authority })).rejects.toThrow();
  expect((await target.replicas.read(replicaId))?.durable?.sequence).toBe(0);
  expect(await putLog({ ...request, trust })).toBe('put');
});

it('knows after a restart what it held before', async () => {
  const first = await opened('raw', 'again');
  const { replicaId, stream } = await begin(first);
  const pointId = randomUUID();
  await put(first, replicaId, 1, await stream.seal(0, randomBytes(4096), pointId));
  await reaches(first, replicaId, 1);
  await first.close();
  const second = await opened('raw', 'again');
  await put(second, replicaId, 2, await stream.seal(8192, randomBytes(4096)));
  await reaches(second, replicaId, 2);
  const { report } = await second.describe();
  expect(report.keeps).toMatchObject([
    { replicaId, applied: { epoch: 1, sequence: 2 }, points: { ids: [pointId], news: [{ pointId }] } },
  ]);
  await second.close();
});

it('tells of each point once it is accepted no more, until it changes, or an hour is over', async () => {
  const own = await opened('raw', 'news');
  const { replicaId, stream } = await begin(own);
  await put(own, replicaId, 1, await stream.seal(0, randomBytes(4096), randomUUID()));
  await reaches(own, replicaId, 1);
  const first = await own.describe();
  expect((await own.describe()).report.keeps?.[0]?.points?.news).toHaveLength(1);
  first.accepted();
  await eventually(async () => (await own.describe()).report.keeps?.[0]?.points === undefined);
  await put(own, replicaId, 2, await stream.seal(0, randomBytes(4096), randomUUID()));
  await reaches(own, replicaId, 2);
  const next = await eventually(async () => (await own.describe()).report.keeps?.[0]?.points);
  expect(next.ids).toHaveLength(2);
  expect(next.news).toHaveLength(1);
  (await own.describe()).accepted();
  await eventually(async () => (await own.describe()).report.keeps?.[0]?.points === undefined);
  aheadInMs = 3_600_000;
  expect((await own.describe()).report.keeps?.[0]?.points?.news).toHaveLength(2);
  aheadInMs = 0;
  await own.close();
});
