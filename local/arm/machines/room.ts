import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LazyImage } from '../disks/lazy-image';
import type { Backing, Shelf } from '../disks/shelf';
import type { NbdServer } from '../nbd/server';
import type { BootTraces } from './boot-traces';
import { readConsole } from './console';
import { startQemu, stopQemu, type DirectBoot, type QemuOptions } from './qemu';

export interface RoomDisk {
  /** What its bytes are kept under. */
  readonly disk: string;
  readonly backing: Backing;
}

export interface RoomOptions {
  readonly shelf: Shelf;
  readonly nbd: NbdServer;
  readonly traces: BootTraces;
  /** Consoles are kept here. */
  readonly folder: string;
  /** Undefined: machines are recorded, not booted. */
  readonly qemu: QemuOptions | undefined;
  /** What a machine prints once it is up. */
  readonly ready: RegExp;
}

interface Running {
  readonly disks: readonly RoomDisk[];
  readonly child: ChildProcess | undefined;
  readonly stopped: AbortController;
  isBooted: boolean;
  watch: Promise<void>;
}

export interface RoomLook {
  /** False also where QEMU ended by itself. */
  readonly isRunning: boolean;
  readonly isBooted: boolean;
  readonly console: string;
}

const bootSectorBytes = 512;
const bootSignature = 0x55aa;
const lookEveryInMs = 100;
const fetchedAtOnce = 4;

/** The machines that run. Their disks can be reached over NBD for exactly as long. */
export class MachineRoom {
  readonly #running = new Map<string, Running>();
  directBoot: DirectBoot | undefined;

  constructor(private readonly options: RoomOptions) {}

  /** QEMU is here, and the first disk has a boot sector or a kernel is given from outside. */
  async canBoot([first]: readonly RoomDisk[]): Promise<boolean> {
    if (this.options.qemu === undefined || first === undefined) return false;
    if (this.directBoot !== undefined) return true;
    const image = await this.options.shelf.image(first.disk, first.backing);
    return (await image.read(0, bootSectorBytes)).readUInt16BE(bootSectorBytes - 2) === bootSignature;
  }

  /** Starts a machine; one that runs already is left as it is. */
  async start(machine: string, disks: readonly RoomDisk[]): Promise<void> {
    if (this.#running.has(machine)) return;
    const { qemu, shelf, nbd, folder } = this.options;
    await mkdir(folder, { recursive: true });
    const urls = disks.map(({ disk, backing }) => ({
      url: nbd.offer(disk, () => shelf.image(disk, backing)),
    }));
    const consoleFile = this.#consoleFile(machine);
    const boots = await this.canBoot(disks);
    const child =
      qemu && boots ? startQemu(qemu, { consoleFile, disks: urls, directBoot: this.directBoot }) : undefined;
    child?.on('error', () => undefined);
    const stopped = new AbortController();
    const running: Running = { disks, child, stopped, isBooted: false, watch: Promise.resolve() };
    this.#running.set(machine, running);
    if (child !== undefined) running.watch = this.#watch(machine, running).catch(() => undefined);
  }

  /** At the end nothing of the machine runs, and nothing can reach its disks. */
  async stop(machine: string): Promise<void> {
    const running = this.#running.get(machine);
    if (running === undefined) return;
    running.stopped.abort();
    if (running.child !== undefined) await stopQemu(running.child);
    for (const { disk } of running.disks) this.options.nbd.withdraw(disk);
    await running.watch;
    for (const { disk } of running.disks) await this.options.shelf.close(disk);
    this.#running.delete(machine);
  }

  async look(machine: string): Promise<RoomLook> {
    const running = this.#running.get(machine);
    const console = await readConsole(this.#consoleFile(machine));
    const hasEnded =
      running?.child !== undefined && (running.child.exitCode !== null || running.child.signalCode !== null);
    return { isRunning: running !== undefined && !hasEnded, isBooted: running?.isBooted ?? false, console };
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((machine) => this.stop(machine)));
  }

  /** Fetches what the last boot needed, waits for this one, remembers it, then brings the rest of the disks here. */
  async #watch(machine: string, running: Running): Promise<void> {
    const { shelf, traces, ready } = this.options;
    const { signal } = running.stopped;
    const images = await Promise.all(running.disks.map(({ disk, backing }) => shelf.lazy(disk, backing)));
    const [first] = images;
    const name = first && (await traces.nameOf(first));
    const ahead =
      name === undefined
        ? undefined
        : first?.base.loadAll(traces.recall(name), { atOnce: fetchedAtOnce, signal });
    const fetching = ahead?.catch(() => undefined);
    const startedAt = (await readConsole(this.#consoleFile(machine))).length;
    while (!signal.aborted && !running.isBooted) {
      await sleep(lookEveryInMs, undefined, { signal }).catch(() => undefined);
      running.isBooted = ready.test((await readConsole(this.#consoleFile(machine))).slice(startedAt));
    }
    await fetching;
    if (signal.aborted) return;
    if (first !== undefined && name !== undefined) await traces.remember(name, first.base.trace);
    for (const image of images) await bringWhole(image, signal);
  }

  #consoleFile(machine: string): string {
    return join(this.options.folder, `${machine}.console`);
  }
}

async function bringWhole(image: LazyImage | undefined, signal: AbortSignal): Promise<void> {
  await image?.base.loadAll(image.base.allWindows(), { atOnce: 1, signal });
}
