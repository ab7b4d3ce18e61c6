import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openStore } from '../store';
import { systemClock, type Clock } from './clock';
import { migrations } from './data/schema';
import type { StorageAccount } from './disks/page-blob';
import { Shelf } from './disks/shelf';
import { BootTraces } from './machines/boot-traces';
import type { QemuOptions } from './machines/qemu';
import { MachineRoom } from './machines/room';
import { NbdServer } from './nbd/server';
import type { Cloud } from './work/cloud';
import { Faults, type SeededFaults } from './work/faults';
import { Worker } from './work/worker';
import { authorization } from './wire/authorize';
import { createArmServer } from './wire/server';

export interface ArmOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataFolder: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Whose tokens are taken; without one, any. */
  readonly issuer?: string | undefined;
  /** Where disks may be imported from. */
  readonly storage?: readonly StorageAccount[];
  /** Absent: machines are recorded and their disks hashed, nothing boots. */
  readonly qemu?: QemuOptions | undefined;
  /** What a machine prints on its serial console once it is up. */
  readonly ready?: RegExp;
  readonly faults?: SeededFaults | undefined;
  readonly storageDelayInMs?: number;
  readonly clock?: Clock;
  /** How the process ends when a fault says so. */
  readonly die?: () => void;
}

export interface Arm {
  readonly port: number;
  readonly endpoint: string;
  /** Resolves when no operation is under way. */
  settled(): Promise<void>;
  /** Stops every machine as a power cut of its host would; it runs again at the next start. */
  stop(): Promise<void>;
}

/** Opens the store and serves it on 127.0.0.1. */
export async function startArm(options: ArmOptions): Promise<Arm> {
  let delayInMs = options.storageDelayInMs ?? 0;
  const store = openStore({ file: join(options.dataFolder, 'arm.db'), migrations, name: 'Resource Manager' });
  const shelf = new Shelf(join(options.dataFolder, 'disks'), {
    accounts: options.storage ?? [],
    delayInMs: () => delayInMs,
  });
  const nbd = new NbdServer();
  await nbd.listen();
  const room = new MachineRoom({
    ...{ shelf, nbd, traces: new BootTraces(store), qemu: options.qemu },
    folder: join(options.dataFolder, 'machines'),
    ready: options.ready ?? /login: |is up and ready/,
  });
  const cloud: Cloud = {
    ...{ store, shelf, room, nbd, faults: new Faults(options.faults), uuid: randomUUID },
    clock: options.clock ?? systemClock,
  };
  const worker = new Worker(cloud, options.die ?? (() => process.kill(process.pid, 'SIGKILL')));
  await worker.resume();
  const server = createArmServer({
    ...{ cloud, worker, certificate: options.certificate, key: options.key },
    authorize: authorization(options.issuer),
    administration: { cloud, setDelay: (value) => (delayInMs = value) },
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, endpoint: `https://127.0.0.1:${port}` },
    settled: () => worker.settled(),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await worker.settled();
      await room.stopAll();
      await nbd.close();
      await shelf.closeAll();
      await store.close();
    },
  };
}
