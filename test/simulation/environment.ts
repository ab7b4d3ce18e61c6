import { answerDoorbell } from '../../shared/service/answer-doorbell';
import { sweepReplicas } from '../../shared/service/upkeep/sweep-replicas';
import { commands } from './commands';
import { valueLimit } from './sectors';
import type { SimulatedDisk } from './simulated-disk';
import type { Machine, Site } from './site';

/** What may happen next to the site, its agents, the service and its stores, with its weight. */
interface Happening {
  readonly weight: number;
  readonly happen: () => void | Promise<unknown>;
}

const workerLimit = 6;

export class Environment {
  readonly #happenings: readonly Happening[];
  readonly #total: number;

  constructor(private readonly site: Site) {
    const { profile } = site.world;
    this.#happenings = [
      { weight: profile.writeRate, happen: () => this.#onDisk((disk) => this.write(disk)) },
      { weight: 0.12, happen: () => this.#onDisk((disk) => this.copy(disk)) },
      { weight: 0.08, happen: () => this.#onDisk((disk) => this.seal(disk)) },
      { weight: 0.12, happen: () => this.#cut() },
      { weight: 0.2, happen: () => this.#onDisk((disk) => site.upload(disk)) },
      { weight: 0.06, happen: () => this.#onMachine((machine) => this.report(machine)) },
      { weight: 0.08, happen: () => this.#onDisk((disk) => this.#fulfil(disk)) },
      { weight: 0.06, happen: () => this.#onDisk((disk) => disk.isComparing && site.fetchDigests(disk)) },
      { weight: 0.16, happen: () => this.answerBell() },
      { weight: 0.03, happen: () => this.sweep() },
      { weight: 0.03, happen: () => this.#passTime() },
      { weight: profile.saveRate, happen: () => site.world.target.save() },
      { weight: profile.saveRate, happen: () => site.world.cache.save() },
      { weight: profile.rollBackRate, happen: () => this.rollBackTarget() },
      { weight: profile.rollBackRate, happen: () => this.rollBackCache() },
      { weight: profile.killRate, happen: () => this.#killOne() },
      { weight: profile.killRate, happen: () => this.#onDisk((disk) => this.crash(disk)) },
      { weight: profile.amnesiaRate, happen: () => this.#onDisk((disk) => this.#forget(disk)) },
      { weight: profile.amnesiaRate / 2, happen: () => this.#loseCatalogue() },
      { weight: profile.clockJumpRate, happen: () => this.#onMachine((machine) => this.#jump(machine)) },
      { weight: profile.commandRate, happen: () => this.#command() },
    ];
    this.#total = this.#happenings.reduce((sum, { weight }) => sum + weight, 0);
  }

  async happen(): Promise<void> {
    let at = this.site.world.chance.next() * this.#total;
    for (const { weight, happen } of this.#happenings) {
      at -= weight;
      if (at < 0) {
        await happen();
        return;
      }
    }
  }

  write(disk: SimulatedDisk): void {
    const { chance } = this.site.world;
    const sector = chance.below(disk.source.length);
    const count = Math.min(1 + chance.below(3), disk.source.length - sector);
    const isZero = chance.happens(0.15);
    const values = Array.from({ length: count }, () => (isZero ? 0 : chance.below(valueLimit)));
    disk.write({ sector, values });
    this.site.world.say(
      () => `the guest writes ${values.join(' ')} at ${sector} of ${disk.replicaId.slice(0, 4)}`,
    );
    this.site.world.count('guest writes');
  }

  copy(disk: SimulatedDisk): void {
    if (disk.stream?.copied !== undefined) return disk.appendCopied();
    for (let block = 0; block < 3; block += 1) {
      const blocks = [...(disk.stream?.pending.keys() ?? [])];
      if (blocks.length > 0 && disk.stream?.copied === undefined)
        disk.copyBlock(this.site.world.chance.pick(blocks));
    }
  }

  async seal(disk: SimulatedDisk): Promise<void> {
    // The base must have been read before it is left: until then nothing is sealed.
    const awaitsDigests = disk.isComparing && disk.stream?.maps === undefined && disk.stream?.sequence === 0;
    if (awaitsDigests || disk.bitmap !== undefined || disk.stream?.open.length === 0) return;
    const machine = this.machineOf(disk);
    await disk.seal(Math.max(0, this.site.world.timeInMs + machine.clockSkewInMs));
  }

  machineOf(disk: SimulatedDisk): Machine {
    return this.site.machines.find(({ disks }) => disks.includes(disk)) as Machine;
  }

  report(machine: Machine): void {
    for (const disk of machine.disks) this.site.report(machine, disk);
  }

  async #cut(): Promise<void> {
    const { world, machines } = this.site;
    await this.site.cutMarker(world.profile.isGrouped ? machines : [world.chance.pick(machines)]);
  }

  /** A bell may be heard twice, late or never: it carries no truth. */
  answerBell(): void {
    const { world } = this.site;
    if (world.processes.size >= workerLimit || world.bells.length === 0) return;
    const index = world.chance.below(world.bells.length);
    const replicaId = world.bells[index] as string;
    if (world.isQuiet || !world.chance.happens(0.1)) world.bells.splice(index, 1);
    this.work(replicaId);
  }

  work(replicaId: string): void {
    this.site.call(`worker ${replicaId.slice(0, 4)}`, async ({ ports }) => {
      const answer = await answerDoorbell(ports, replicaId);
      if (answer.kind === 'failed') throw answer.error;
    });
  }

  sweep(): void {
    this.site.call('sweep', async ({ ports }) => {
      const { failures } = await sweepReplicas(ports);
      if (failures[0] !== undefined) throw failures[0].error;
    });
  }

  /** `continue` is asked for once the replica has caught up; now and then too early. */
  #fulfil(disk: SimulatedDisk): void {
    const { stream, wish } = disk;
    const isCaughtUp = stream !== undefined && stream.knownDurable === stream.sequence;
    if (wish?.kind === 'continue' && !isCaughtUp && !this.site.world.chance.happens(0.3)) return;
    this.site.fulfil(disk);
  }

  #passTime(): void {
    const { world } = this.site;
    world.timeInMs += world.chance.below(5 * 60_000);
  }

  /** The target dies. The supervisor ends every process that has a client of it, before it is back. */
  rollBackTarget(): void {
    const { world, oracle } = this.site;
    world.count('faults: target rolled back');
    world.say(() => 'the target rolls back');
    for (const process of [...world.processes]) world.kill(process);
    this.#dropRequests('target');
    world.target.rollBack();
    oracle.targetRolledBack();
  }

  rollBackCache(): void {
    const { world } = this.site;
    world.count('faults: cache rolled back');
    world.say(() => 'the cache rolls back');
    for (const process of [...world.processes]) world.kill(process);
    this.#dropRequests('cache');
    world.cache.rollBack();
  }

  #dropRequests(store: string): void {
    const { requests } = this.site.world;
    for (let index = requests.length - 1; index >= 0; index -= 1) {
      if (requests[index]?.store === store) requests.splice(index, 1);
    }
  }

  #loseCatalogue(): void {
    this.site.world.count('faults: catalogue lost');
    this.site.world.say(() => 'the catalogue is lost');
    this.site.world.loseCatalogue();
  }

  #killOne(): void {
    const { world } = this.site;
    if (world.processes.size > 0) world.kill(world.chance.pick([...world.processes]));
  }

  crash(disk: SimulatedDisk): void {
    this.site.world.count('agents killed');
    this.site.world.say(() => `the agent of ${disk.replicaId.slice(0, 4)} is killed`);
    for (const each of this.machineOf(disk).disks) each.crash();
  }

  #forget(disk: SimulatedDisk): void {
    if (disk.stream === undefined || disk.isFenced) return;
    this.site.world.count('spools lost');
    this.site.world.say(() => `the spool of ${disk.replicaId.slice(0, 4)} is lost`);
    if (this.site.rules.rebasesAfterAmnesia) disk.forget(this.site.job());
    else disk.goOnFromOlderSpool();
  }

  #jump(machine: Machine): void {
    const { chance } = this.site.world;
    machine.clockSkewInMs = chance.below(2 * 3_600_000) - 3_600_000;
    this.site.world.count('clock jumps');
  }

  #command(): void {
    const { chance, profile } = this.site.world;
    const machine = chance.pick(this.site.machines);
    const command = chance.pick(commands);
    if (machine.disks.length > 0 && profile.commandRate > 0) command(this.site, machine);
  }

  #onMachine(act: (machine: Machine) => unknown): void {
    act(this.site.world.chance.pick(this.site.machines));
  }

  #onDisk(act: (disk: SimulatedDisk) => unknown): Promise<void> | void {
    const disks = this.site.disks();
    if (disks.length === 0) return;
    const acting = act(this.site.world.chance.pick(disks));
    if (acting instanceof Promise) return acting as Promise<void>;
  }
}
