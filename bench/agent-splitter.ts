import { randomBytes, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SlabMemory } from '../agent/capture/slab-memory';
import { openDisk } from '../agent/disk/open-disk';
import { startNbdServer } from '../agent/nbd/server';
import { ProtectedDisk } from '../agent/replica/protected-disk';
import { SpoolCipher } from '../agent/spool/spool-cipher';
import { SealingThread } from '../agent/stream/sealing-thread';
import { systemClock } from '../shared/system/system-clock';

const mebibyte = 1024 * 1024;
const sealIntervalInMs = 1000;

/** A splitter in a process of its own, as the agent runs it; what it seals is freed at once, as if it were durable. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { disk: { type: 'string' }, state: { type: 'string' }, tracking: { type: 'boolean' } },
  });
  const key = randomBytes(32);
  const memory = new SlabMemory();
  const disk = await ProtectedDisk.open({
    ...{ disk: openDisk(values.disk ?? ''), machineId: 'bench', diskId: 'disk', folder: values.state ?? '' },
    ...{
      cipher: new SpoolCipher(key),
      sealer: new SealingThread(key, memory),
      memory,
      bootId: 'bench',
      clock: systemClock,
    },
    ...{
      spoolQuotaBytes: 16 * 1024 * mebibyte,
      openLogLimitBytes: 192 * mebibyte,
      sealAtBytes: 15 * mebibyte,
    },
    onSealDue: () => void seal(),
  });
  const seal = async (): Promise<void> => {
    await disk.seal();
    await disk.free(disk.spool.head?.sequence ?? 0);
  };
  if (values.tracking === true) {
    const wish = { replicaId: randomUUID(), machineId: 'bench', diskId: 'disk', epoch: 1, mayCopy: true };
    await disk.follow({ ...wish, mode: 'continue', chainHead: '0'.repeat(64) }, 0);
    setInterval(() => void seal(), sealIntervalInMs).unref();
  }
  const exports = new Map([['disk', disk.capture]]);
  const server = await startNbdServer({ exports, listen: { port: 0 } });
  console.log('port' in server.address ? server.address.port : 0);
  for await (const _line of createInterface(process.stdin)) {
    if (values.tracking === true) await seal();
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ cpuMs: (user + system) / 1000, capturedBytes: disk.capture.churnBytes }));
  }
  process.exit(0);
}

void main();
