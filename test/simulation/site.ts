import type { ReplicaPolicy } from '../../shared/contracts/replication/replica-policy';
import { isRefusal } from '../../shared/errors';
import { decodeDigestMap } from '../../shared/formats/digest-map';
import type { Marker } from '../../shared/model/change-log';
import { sectorBytes } from '../../shared/model/extent';
import { createReplicas } from '../../shared/service/create-replicas';
import type { Replicas, ReplicaStatus } from '../../shared/service/replicas';
import type { ReplicationMeasures, ReplicationPorts } from '../../shared/service/replication-ports';
import type { AgentRules } from './agent-rules';
import { Oracle } from './oracle';
import { measuresOf, portsOf } from './ports';
import { SimulatedDisk, type Stream } from './simulated-disk';
import type { World } from './world';

export interface Machine {
  readonly disks: SimulatedDisk[];
  seenServiceTimeInMs: number;
  clockSkewInMs: number;
}

export interface Service {
  readonly ports: ReplicationPorts;
  readonly replicas: Replicas;
}

/** The machines under protection and their agents, and what agents do against the service. */
export class Site {
  readonly oracle: Oracle;
  readonly machines: Machine[] = [];
  readonly measures: ReplicationMeasures;
  #jobs = 0;

  constructor(
    readonly world: World,
    readonly policy: ReplicaPolicy,
    readonly rules: AgentRules,
  ) {
    this.oracle = new Oracle(world);
    this.measures = measuresOf(world);
  }

  job(): string {
    this.#jobs += 1;
    return `job-${this.#jobs}`;
  }

  disks(): readonly SimulatedDisk[] {
    return this.machines.flatMap(({ disks }) => disks);
  }

  /** Somebody calls the service: a process of its own, on stores reached over the network. */
  call(name: string, act: (service: Service) => Promise<void>, failed?: (error: unknown) => void): void {
    this.world.start(
      name,
      async (process) => {
        const ports = portsOf(process, this.oracle, this.measures);
        await act({ ports, replicas: createReplicas(ports) });
      },
      failed,
    );
  }

  addDisk(machine: Machine, sectorCount: number): SimulatedDisk {
    const { chance } = this.world;
    const source = Uint8Array.from({ length: sectorCount }, () => chance.below(3));
    const disk = new SimulatedDisk(chance.uuid(), source, this.oracle, this.rules);
    disk.wish = { kind: 'rebase', reason: 'initial copy', job: this.job() };
    machine.disks.push(disk);
    return disk;
  }

  /** The replica is created and its next epoch started: again and again with the same job, until an answer comes back. */
  fulfil(disk: SimulatedDisk): void {
    const { wish, replicaId } = disk;
    if (wish === undefined) return;
    const sizeBytes = disk.source.length * sectorBytes;
    this.call(
      `epoch of ${replicaId.slice(0, 4)}`,
      async ({ replicas }) => {
        if (!disk.isCreated)
          await replicas.create({ replicaId, sizeBytes, ownerId: 'machine', policy: this.policy });
        disk.isCreated = true;
        const { epoch, chainHead } = await replicas.startEpoch({ replicaId, ...wish });
        const machine = this.machines.find(({ disks }) => disks.includes(disk));
        if (disk.wish !== wish || machine === undefined) return;
        machine.seenServiceTimeInMs = Math.max(machine.seenServiceTimeInMs, this.world.timeInMs);
        this.world.say(() => `${replicaId.slice(0, 4)} begins epoch ${epoch} (${wish.kind})`);
        this.world.count(`epochs: ${wish.kind}`);
        disk.begin(epoch, chainHead, this.#pendingFor(disk, wish));
      },
      (error) => {
        if (disk.wish === wish && isRefusal(error, 'BaseMoved', 'Conflict')) {
          disk.wish = { kind: 'rebase', reason: 'base moved', job: this.job() };
        }
      },
    );
  }

  #pendingFor(disk: SimulatedDisk, { kind, reason }: { kind: string; reason: string }): Stream['pending'] {
    if (kind !== 'continue') {
      const how = reason === 'initial copy' ? 'copy' : 'compare';
      return new Map(disk.blocks().map((block) => [block, how]));
    }
    const blocks = [
      ...(disk.stream?.pending.keys() ?? []),
      ...[...(disk.bitmap ?? [])].map((sector) => sector >> 1),
    ];
    return new Map(blocks.map((block) => [block, 'copy']));
  }

  fetchDigests(disk: SimulatedDisk): void {
    const { stream, replicaId } = disk;
    if (stream === undefined || stream.maps !== undefined) return;
    this.call(
      `digests of ${replicaId.slice(0, 4)}`,
      async ({ replicas }) => {
        const maps = [];
        for (let segment = 0, count = 1; segment < count; segment += 1) {
          const answer = await replicas.digests(replicaId, stream.epoch, segment);
          maps.push(decodeDigestMap(answer.bytes));
          count = answer.segmentCount;
        }
        stream.maps = maps;
        this.world.count('digest maps served');
      },
      (error) => {
        if (disk.stream !== stream || !isRefusal(error, 'BaseMoved')) return;
        disk.wish ??= { kind: 'rebase', reason: 'base moved', job: this.job() };
      },
    );
  }

  upload(disk: SimulatedDisk): void {
    const { stream, replicaId } = disk;
    const next = stream === undefined ? undefined : this.#nextUpload(stream);
    if (stream === undefined || next === undefined) return;
    const { sequence, attempt } = next;
    const sealed = stream.spool.get(sequence);
    if (sealed === undefined) return;
    const bytes = this.#onTheWay(disk, stream, sealed);
    const name = { replicaId, epoch: stream.epoch, sequence, attempt };
    const arrived = (): void => {
      stream.acknowledged.add(sequence);
      if (stream.resend?.sequence === sequence) stream.resend = undefined;
      if (this.world.chance.happens(0.8)) this.world.bells.push(replicaId);
    };
    this.call(
      `upload ${replicaId.slice(0, 4)} ${stream.epoch}/${sequence}.${attempt}`,
      async ({ ports, replicas }) => {
        try {
          await ports.cache.put(name, bytes);
          arrived();
        } catch (error) {
          if (isRefusal(error, 'Conflict')) return arrived();
          if (isRefusal(error, 'NotFound')) return replicas.admitUpload(replicaId, stream.epoch);
          throw error;
        }
      },
    );
  }

  #nextUpload(stream: Stream): { readonly sequence: number; readonly attempt: number } | undefined {
    if (stream.resend !== undefined) return stream.resend;
    const waiting = [...stream.spool.keys()]
      .filter((sequence) => !stream.acknowledged.has(sequence))
      .slice(0, 3);
    return waiting.length === 0 ? undefined : { sequence: this.world.chance.pick(waiting), attempt: 0 };
  }

  /** What arrives may not be what was sent. */
  #onTheWay(disk: SimulatedDisk, stream: Stream, sealed: Uint8Array): Uint8Array {
    const { chance, profile, isQuiet } = this.world;
    if (!disk.isPoisoned && (isQuiet || !chance.happens(profile.badLogRate))) return sealed;
    this.world.count('faults: bad logs');
    if (chance.happens(0.05)) disk.isPoisoned = true;
    const others = [...stream.spool.values()].filter((bytes) => bytes !== sealed);
    if (others.length > 0 && chance.happens(0.3)) return chance.pick(others);
    if (chance.happens(0.3)) return sealed.subarray(0, chance.below(sealed.length));
    const bytes = Buffer.from(sealed);
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    return bytes;
  }

  /** The agent reports, frees what is durable, and learns what is wanted. */
  report(machine: Machine, disk: SimulatedDisk): void {
    const { stream, replicaId } = disk;
    if (stream === undefined) return;
    let uploaded = stream.freedBelow;
    while (stream.acknowledged.has(uploaded + 1) || uploaded + 1 < stream.freedBelow) uploaded += 1;
    this.call(`report of ${replicaId.slice(0, 4)}`, async ({ replicas }) => {
      const status = await replicas.report({
        ...{
          replicaId,
          epoch: stream.epoch,
          sealed: stream.sequence,
          uploaded,
          spooledBytes: 0,
          churnBytes: 0,
        },
        ...{
          diskSizeBytes: disk.source.length * sectorBytes,
          copiedBytes: 0,
          toCopyBytes: 0,
          state: 'replicating',
        },
      });
      const seen = this.world.timeInMs;
      const record = await replicas.read(replicaId);
      machine.seenServiceTimeInMs = Math.max(machine.seenServiceTimeInMs, seen);
      if (disk.stream !== stream) return;
      this.#learn(disk, stream, status);
      if (record?.resyncNeeded)
        disk.wish ??= { kind: 'rebase', reason: record.resyncNeeded, job: this.job() };
      if (uploaded < stream.sequence || status.durable?.sequence !== stream.sequence)
        this.world.bells.push(replicaId);
    });
  }

  #learn(disk: SimulatedDisk, stream: Stream, { durable, applied, wants }: ReplicaStatus): void {
    if (applied !== null && applied.epoch > stream.epoch && !disk.isFenced) {
      disk.wish ??= { kind: 'rebase', reason: 'another epoch began', job: this.job() };
      return;
    }
    if (durable !== null && durable.epoch === stream.epoch) {
      if (durable.sequence > stream.sequence)
        disk.wish ??= { kind: 'rebase', reason: 'targetAhead', job: this.job() };
      stream.knownDurable = durable.sequence;
      const limit = this.rules.freesBelowDurable ? durable.sequence : stream.sequence;
      for (const sequence of [...stream.spool.keys()]) {
        if (sequence >= limit) continue;
        this.oracle.expectDurable(
          { replicaId: disk.replicaId, epoch: stream.epoch, sequence },
          'the agent freed a log',
        );
        stream.spool.delete(sequence);
      }
      stream.freedBelow = Math.max(stream.freedBelow, limit - 1);
      if (stream.resend !== undefined && !stream.spool.has(stream.resend.sequence)) stream.resend = undefined;
    }
    if (wants === null || !this.rules.sendsWhatIsWanted || wants.sequence > stream.sequence) return;
    if (stream.spool.has(wants.sequence)) stream.resend = wants;
    else disk.wish ??= { kind: 'rebase', reason: 'wanted log is gone', job: this.job() };
  }

  /** Holds all, cuts, seals, releases. With bad luck some members never seal: the marker is theirs no more. */
  async cutMarker(machines: readonly Machine[]): Promise<string | undefined> {
    const { chance, isQuiet, profile } = this.world;
    const disks = machines.flatMap((machine) => machine.disks);
    if (disks.length === 0 || disks.some((disk) => !disk.isSteady)) return undefined;
    const seen = Math.min(...machines.map((machine) => machine.seenServiceTimeInMs));
    const [first] = machines as [Machine];
    const marker: Marker = {
      id: chance.uuid(),
      kind: chance.happens(0.2) ? 'app' : 'crash',
      members: disks.map(({ replicaId }) => replicaId).sort(),
      seenServiceTimeInMs: this.rules.reportsSeenTime ? seen : this.world.timeInMs + 1000,
      cutTimeInMs: Math.max(0, this.world.timeInMs + first.clockSkewInMs),
    };
    const cutAtMs = this.world.timeInMs;
    const members = new Map();
    this.oracle.markers.set(marker.id, { cutAtMs, seenServiceTimeInMs: marker.seenServiceTimeInMs, members });
    const isTorn = !isQuiet && machines.length > 1 && chance.happens(profile.killRate * 10);
    for (const disk of disks) {
      const sectors = Uint8Array.from(disk.source);
      if (isTorn && chance.happens(0.3)) continue;
      const position = await disk.seal(marker.cutTimeInMs, marker);
      if (position !== undefined) members.set(disk.replicaId, { sectors, position });
    }
    this.world.count('markers cut');
    return marker.id;
  }
}
