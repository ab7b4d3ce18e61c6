import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findQemu, startArm } from '../local/arm';
import { openCertificates } from '../local/authority';
import { armCompute, type Compute } from '../shared/azure/compute/arm-compute';
import { blobService } from '../shared/azure/blob-service';
import { PageBlobReplicaDisks } from '../shared/azure/page-blob-replica-disks';
import type { ReplicaDisks } from '../shared/ports/replica-disks';
import { systemClock } from '../shared/system/system-clock';
import { azuriteCredential, startAzuriteProcess } from './support/azurite-process';
import { buildGuest, guestLacks, type Guest } from './support/guest';

const megabyte = 1024 * 1024;
const rounds = 3;
const seedId = randomUUID();
const subscription = '/subscriptions/6c696665-626f-4174-8000-0000000000f0';
const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

interface Place {
  readonly compute: Compute;
  readonly replicas: ReplicaDisks;
  readonly guest: Guest;
  /** Sets what every read of storage takes longer. */
  readonly delay: (delayInMs: number) => Promise<void>;
}

/**
 * npm run bench:failover: from the call that makes a disk of a replica until the guest has mounted, read and written
 * it, as a ratio to a plain boot of the same disk from a raw file in the same run (G11).
 */
async function main(): Promise<void> {
  const lacks = guestLacks();
  if (lacks !== undefined) return console.log(`Not measured: ${lacks}.`);
  const folder = process.env['LIFEBOAT_BENCH_FOLDER'];
  if (folder !== undefined) return measure(folder);
  const made = await mkdtemp(join(tmpdir(), 'bench-failover-'));
  const { authorityFile } = await openCertificates({ folder: made, clock: { now: () => Date.now() } });
  // Trust in an authority is given to a process when it is born.
  const environment = { ...process.env, LIFEBOAT_BENCH_FOLDER: made, NODE_EXTRA_CA_CERTS: authorityFile };
  const { status } = spawnSync(process.execPath, [__filename], { env: environment, stdio: 'inherit' });
  await rm(made, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}

async function measure(folder: string): Promise<void> {
  const files = await openCertificates({ folder, clock: { now: () => Date.now() } });
  const azurite = await startAzuriteProcess();
  const guest = buildGuest(folder, 256 * megabyte);
  const arm = await startArm({
    ...{ port: 0, dataFolder: join(folder, 'arm'), ready: new RegExp(guest.greeting) },
    certificate: readFileSync(files.certificateFile, 'utf8'),
    key: readFileSync(files.keyFile, 'utf8'),
    storage: [{ name: 'devstoreaccount1', endpoint: azurite.endpoint, key: azuriteKey }],
    qemu: { program: findQemu() ?? '', accelerator: 'tcg', memoryInMb: 128 },
  });
  const administer = async (what: string, body: object): Promise<void> => {
    const headers = { authorization: 'Bearer bench' };
    await fetch(`${arm.endpoint}/_admin/${what}`, { method: 'PUT', headers, body: JSON.stringify(body) });
  };
  await administer('boot', { kernel: guest.kernel, initrd: guest.initrd, append: guest.append });
  const compute = armCompute({
    endpoint: arm.endpoint,
    credential: { getToken: () => Promise.resolve({ token: 'bench', expiresOnTimestamp: Infinity }) },
    ...{
      pollEveryInMs: 20,
      replicaEndpoint: azurite.endpoint,
      storageAccountId: `${subscription}/accounts/a`,
    },
  });
  const replicas = new PageBlobReplicaDisks(blobService(azurite.endpoint, azuriteCredential), systemClock);
  try {
    await report({ compute, replicas, guest, delay: (delayInMs) => administer('delay', { delayInMs }) });
  } finally {
    await arm.stop();
    await azurite.stop();
  }
}

async function report(place: Place): Promise<void> {
  const { guest } = place;
  await upload(place, seedId);
  // The first boot of all only warms the page cache.
  await plainBoot(guest);
  console.log(`G11  a plain boot of the raw file just before is 1; medians of ${rounds}`);
  const first = await compared(place, 'first');
  console.log(`     nothing remembered: ${first.boot.toFixed(2)}`);
  for (const delayInMs of [0, 20, 100]) {
    await place.delay(delayInMs);
    const ratios: Ratios[] = [];
    for (let round = 0; round < rounds; round++) ratios.push(await compared(place, `${delayInMs}-${round}`));
    const boot = middle(ratios.map((ratio) => ratio.boot)).toFixed(2);
    const disk = middle(ratios.map((ratio) => ratio.disk)).toFixed(3);
    console.log(`     +${delayInMs} ms a read: ${boot}   (of it, the disk: ${disk})`);
  }
}

interface Ratios {
  readonly disk: number;
  readonly boot: number;
}

/** Both within the same seconds: a busy machine slows both. */
async function compared(place: Place, name: string): Promise<Ratios> {
  const plain = await plainBoot(place.guest);
  const { untilDisk, untilGreeting } = await failOver(place, name);
  return { disk: untilDisk / plain, boot: untilGreeting / plain };
}

async function failOver(
  { compute, replicas, guest }: Place,
  name: string,
): Promise<{ untilDisk: number; untilGreeting: number }> {
  const { machines, places } = compute;
  const [snapshot] = await replicas.open(seedId).snapshots();
  const replicaId = randomUUID();
  await replicas.copy(seedId, snapshot?.id ?? '', replicaId);
  const owner = { vaultId: `${subscription}/vaults/v`, itemId: 'i', jobId: randomUUID() };
  const place = { resourceGroupId: `${subscription}/resourceGroups/bench`, location: 'westeurope' };
  await places.ensureGroup(place, { ...owner, jobId: 'the bench itself' });
  const startedAt = performance.now();
  const disk = await machines.makeDisk({
    ...{ owner, place, name: `d-${name}`, replicaId, sizeBytes: guest.sizeBytes, isOperatingSystem: true },
  });
  const untilDisk = performance.now() - startedAt;
  const request = { owner, place, name: `m-${name}`, size: 'Standard_B2s', diskIds: [disk.id], nics: [] };
  const id = await machines.makeMachine(request);
  while (!(await machines.look(id))?.consoleTail.includes(guest.greeting)) await systemClock.sleep(20);
  const untilGreeting = performance.now() - startedAt;
  await machines.stop(id);
  await machines.remove(owner);
  await replicas.remove(replicaId);
  return { untilDisk, untilGreeting };
}

/** QEMU alone on the raw file, as a user would start it. */
async function plainBoot(guest: Guest): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(findQemu() ?? '', [
    ...[
      '-machine',
      'pc,accel=tcg',
      '-cpu',
      'max',
      '-m',
      '128',
      '-nodefaults',
      '-display',
      'none',
      '-no-reboot',
    ],
    ...['-serial', 'stdio', '-kernel', guest.kernel, '-initrd', guest.initrd, '-append', guest.append],
    ...['-drive', `file=${guest.disk},format=raw,if=virtio,snapshot=on`],
  ]);
  let said = '';
  for await (const part of child.stdout) {
    said += String(part);
    if (said.includes(guest.greeting)) break;
  }
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  return elapsed;
}

async function upload({ replicas, guest }: Place, replicaId: string): Promise<void> {
  const replica = await replicas.create(replicaId, guest.sizeBytes);
  await replica.raise(1);
  let offsetBytes = 0;
  for await (const data of createReadStream(guest.disk, {
    highWaterMark: megabyte,
  }) as AsyncIterable<Buffer>) {
    if (data.some((byte) => byte !== 0)) {
      await replica.write({ kind: 'data', offsetBytes, lengthBytes: data.length, data }, 1);
    }
    offsetBytes += data.length;
  }
  await replica.snapshot((await replica.raise(2)).etag);
}

function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
