import type { EpochRecord } from '../../shared/contracts/replication/epoch-record';
import type { PointManifest } from '../../shared/contracts/replication/point-manifest';
import type { ReplicaRecord } from '../../shared/contracts/replication/replica-record';
import type { LogName } from '../../shared/ports/log-cache';
import {
  closedNumber,
  comparePositions,
  isOpenNumber,
  positionOf,
  type Position,
} from '../../shared/model/position';
import { epochName, journalPrefix, pointPrefix } from '../../shared/model/target-names';
import { keepAllInMs, manifestIn, nameOf, parsed, placeIn, show } from './oracle-sight';
import { afterWrites, firstDifference, sectorsOf, type Sectors, type SectorWrite } from './sectors';
import type { World } from './world';

export interface SealedLog {
  readonly digest: string;
  readonly after: Sectors;
  readonly markerId: string | undefined;
}

export interface CutMarker {
  readonly cutAtMs: number;
  readonly seenServiceTimeInMs: number;
  /** What each member's source held at the cut, and where in its stream. */
  readonly members: Map<string, { readonly sectors: Sectors; readonly position: Position }>;
}

/** Knows what is true, and looks at every effect on every store whether it agrees. */
export class Oracle {
  readonly sealed = new Map<string, SealedLog>();
  readonly bases = new Map<string, Sectors>();
  readonly markers = new Map<string, CutMarker>();
  readonly removed = new Set<string>();
  readonly pruned = new Set<string>();
  /** Replicas under a fence: what they held when the fence was up. */
  readonly fenced = new Map<string, { readonly epoch: number; readonly content: Buffer }>();
  readonly #numbers = new Map<string, number>();

  constructor(private readonly world: World) {}

  say(line: () => string): void {
    this.world.say(line);
  }

  /** Notes what an agent sealed. A number is sealed once. */
  seal(replicaId: string, position: Position, log: SealedLog): void {
    const name = nameOf(replicaId, position);
    const known = this.sealed.get(name);
    this.world.expect(
      known === undefined || known.digest === log.digest,
      'sealed once',
      () => `${name} was sealed twice`,
    );
    this.sealed.set(name, log);
  }

  /** What a replica holds at a position, if the protocol is right. */
  expected(replicaId: string, position: Position): Sectors | undefined {
    const name = nameOf(replicaId, position);
    return position.sequence === 0 ? this.bases.get(name) : this.sealed.get(name)?.after;
  }

  after(replicaId: string, position: Position, writes: readonly SectorWrite[], sectorCount: number): Sectors {
    const before = this.expected(replicaId, { ...position, sequence: position.sequence - 1 });
    return afterWrites(before ?? new Uint8Array(sectorCount), writes, sectorCount);
  }

  /** The target died: what it knows now is what it knew before. */
  targetRolledBack(): void {
    this.#numbers.clear();
    for (const [id, disk] of this.world.target.disks) this.#numbers.set(id, disk.number);
  }

  afterDisk(replicaId: string, method: string): void {
    const disk = this.world.target.disks.get(replicaId);
    if (disk === undefined) return;
    if (method === 'raise') this.#afterRaise(replicaId, disk.number, disk.content);
    if (method === 'write' || method === 'clear') this.#afterWrite(replicaId, disk.number, disk.content);
    if (method === 'removeSnapshot') this.checkPoints();
  }

  #afterRaise(replicaId: string, number: number, content: Buffer): void {
    const before = this.#numbers.get(replicaId) ?? 0;
    this.#numbers.set(replicaId, number);
    this.world.expect(
      number >= before,
      'I1',
      () => `the number of ${replicaId} went back from ${before} to ${number}`,
    );
    if (number === before || isOpenNumber(number)) return;
    const position = positionOf(number);
    if (position.sequence === 0) {
      this.#expectBase(replicaId, position.epoch, before);
      this.bases.set(nameOf(replicaId, position), sectorsOf(content));
      return;
    }
    this.#expectContent('I1', replicaId, position, content);
  }

  /** The record of an epoch says where the replica stood when its fence was made. */
  #expectBase(replicaId: string, epoch: number, before: number): void {
    const stored = this.world.target.documents.get(epochName(replicaId, epoch));
    const record = JSON.parse(String(stored?.content ?? null)) as EpochRecord | null;
    this.world.expect(
      record?.baseNumber === before,
      'I3',
      () =>
        `epoch ${epoch} of ${replicaId} took ${record?.baseNumber ?? 'nothing'} for its base, not ${before}`,
    );
  }

  #afterWrite(replicaId: string, number: number, content: Buffer): void {
    const fence = this.fenced.get(replicaId);
    if (fence === undefined || positionOf(number).epoch > fence.epoch) return;
    const old = content.subarray(0, fence.content.length);
    // A disk may be grown at that very moment: zeros come behind its end, and nothing of its stream.
    const isMoreThanGrown = content.subarray(fence.content.length).some((byte) => byte !== 0);
    this.world.expect(
      old.equals(fence.content) && !isMoreThanGrown,
      'I3',
      () => `${replicaId} was written to behind its fence`,
    );
  }

  #expectContent(invariant: string, replicaId: string, position: Position, content: Buffer): void {
    const expected = this.expected(replicaId, position);
    if (expected === undefined) return;
    this.world.count('positions compared');
    const sector = firstDifference(content, expected);
    this.world.expect(
      sector < 0,
      invariant,
      () =>
        `${nameOf(replicaId, position)} is wrong in sector ${sector}: ${show(content)}, not ${expected.join(' ')}`,
    );
  }

  beforeCache(method: string, parameters: readonly unknown[]): void {
    if (method === 'remove') {
      const log = parameters[0] as LogName;
      this.expectDurable(log, 'a log was freed');
      this.#expectMarkerHeld(log);
    }
    if (method === 'removeEpoch') {
      const [replicaId, epoch] = parameters as [string, number];
      const saved = this.world.target.saved.disks.get(replicaId);
      const isOver =
        this.removed.has(replicaId) || (saved !== undefined && positionOf(saved.number).epoch > epoch);
      this.world.expect(
        isOver,
        'I4',
        () => `the container of epoch ${epoch} of ${replicaId} went while it counts`,
      );
    }
  }

  /** Whatever dies now, the replica must come back beyond this log. */
  expectDurable(log: { replicaId: string; epoch: number; sequence: number }, what: string): void {
    if (this.removed.has(log.replicaId)) return;
    const saved = this.world.target.saved.disks.get(log.replicaId);
    const isBelow = saved !== undefined && comparePositions(log, positionOf(saved.number)) < 0;
    this.world.expect(isBelow, 'I4', () => `${what} at ${nameOf(log.replicaId, log)} before it was durable`);
  }

  #expectMarkerHeld(log: LogName): void {
    const markerId = this.sealed.get(nameOf(log.replicaId, log))?.markerId;
    if (markerId === undefined || this.pruned.has(markerId) || this.removed.has(log.replicaId)) return;
    const manifest = manifestIn(this.world.target.saved.documents, markerId);
    const member = manifest?.members.find(({ replicaId }) => replicaId === log.replicaId);
    const isHeld = manifest?.state === 'void' || (member !== undefined && member.position !== null);
    this.world.expect(
      isHeld,
      'I4',
      () => `log ${log.sequence} was freed, and its marker ${markerId} is not held`,
    );
  }

  beforeDocument(method: string, parameters: readonly unknown[]): void {
    const [name, body, etag] = parameters as [string, unknown, string];
    if (typeof name !== 'string' || !name.startsWith(pointPrefix)) return;
    const stored = this.world.target.documents.get(name);
    const next = body as PointManifest;
    if (method === 'create' && stored === undefined && next.state === 'void') {
      this.pruned.add(name.slice(pointPrefix.length));
    }
    if (method === 'replace' && stored?.etag === etag) {
      if (next.state === 'pruning') this.#beforePruning(next);
      if (next.state === 'void' || next.state === 'pruning') this.pruned.add(next.pointId);
      if (next.state === 'listed') this.#expectPoint(next);
    }
  }

  #beforePruning(next: PointManifest): void {
    const current = manifestIn(this.world.target.documents, next.pointId);
    if (current?.state !== 'listed' || next.members.some(({ hold }) => hold?.by === 'released')) return;
    const { world } = this;
    world.expect(current.pins.length === 0, 'I9', () => `the pinned point ${next.pointId} is pruned`);
    const others = [...this.listed()].filter(({ pointId }) => pointId !== next.pointId);
    const isNewestOf = (replicaId: string): boolean =>
      others.every((other) => comparePositions(placeIn(other, replicaId), placeIn(current, replicaId)) < 0);
    const newest = Math.max(current.timeInMs, ...others.map(({ timeInMs }) => timeInMs));
    world.expect(
      !current.members.every(({ replicaId }) => isNewestOf(replicaId)),
      'I9',
      () => `the newest point ${next.pointId} is pruned`,
    );
    world.expect(
      newest - current.timeInMs > keepAllInMs,
      'I9',
      () => `the young point ${next.pointId} is pruned`,
    );
    world.count('points pruned');
  }

  beforeRecord(method: string, parameters: readonly unknown[]): void {
    if (method !== 'replace') return;
    const { lastPoint } = parameters[1] as Partial<ReplicaRecord>;
    if (lastPoint === undefined || lastPoint === null) return;
    const marker = this.markers.get(lastPoint.pointId);
    this.world.expect(
      marker !== undefined && lastPoint.seenServiceTimeInMs <= marker.cutAtMs,
      'I7',
      () => `the point ${lastPoint.pointId} makes the RPO look better than it is`,
    );
    const state = manifestIn(this.world.target.saved.documents, lastPoint.pointId)?.state;
    const isReal = state === 'listed' || this.pruned.has(lastPoint.pointId);
    this.world.expect(
      isReal,
      'I7',
      () => `the RPO counts on ${lastPoint.pointId}, which is ${state ?? 'gone'}`,
    );
  }

  *manifests(): Generator<PointManifest> {
    for (const [name, stored] of this.world.target.documents) {
      if (name.startsWith(pointPrefix)) yield parsed(stored);
    }
  }

  *listed(): Generator<PointManifest> {
    for (const manifest of this.manifests()) {
      if (manifest.state === 'listed') yield manifest;
    }
  }

  /** Every listed point stands, and holds what the sources held at the cut. */
  checkPoints(): void {
    for (const manifest of this.listed()) this.#expectPoint(manifest);
  }

  #expectPoint(manifest: PointManifest): void {
    const marker = this.markers.get(manifest.pointId);
    for (const { replicaId, position, hold } of manifest.members) {
      if (hold?.by === 'released') continue;
      const cut = marker?.members.get(replicaId);
      const isThere =
        cut !== undefined && position !== null && comparePositions(cut.position, position) === 0;
      this.world.expect(
        isThere,
        'I5',
        () => `the point ${manifest.pointId} is listed, and ${replicaId} was not at its marker`,
      );
      if (cut === undefined || position === null || hold === null) continue;
      if (hold.by === 'snapshot') this.#expectSnapshot(replicaId, hold.snapshotId, cut);
      else this.#expectJournal(replicaId, hold.anchor, position);
    }
  }

  #expectSnapshot(
    replicaId: string,
    id: string,
    { sectors, position }: { sectors: Sectors; position: Position },
  ): void {
    const snapshot = this.world.target.disks.get(replicaId)?.snapshots.find((taken) => taken.id === id);
    const { world } = this;
    world.expect(
      snapshot?.number === closedNumber(position),
      'I2',
      () => `the snapshot ${id} of ${nameOf(replicaId, position)} is gone or of another place`,
    );
    if (snapshot === undefined) return;
    world.count('points compared');
    const sector = firstDifference(snapshot.content, sectors);
    world.expect(
      sector < 0,
      'I2',
      () =>
        `the point at ${nameOf(replicaId, position)} is wrong in sector ${sector}: ${show(snapshot.content)}, not ${sectors.join(' ')}`,
    );
  }

  #expectJournal(
    replicaId: string,
    anchor: { snapshotId: string; sequence: number },
    { epoch, sequence }: Position,
  ): void {
    const { disks, documents } = this.world.target;
    const snapshot = disks.get(replicaId)?.snapshots.find(({ id }) => id === anchor.snapshotId);
    const sequences = new Set<number>();
    for (const name of documents.keys()) {
      if (name.startsWith(journalPrefix(replicaId, epoch)))
        sequences.add(Number(name.split('/').at(-1)?.slice(0, 11)));
    }
    let isWhole = snapshot?.number === closedNumber({ epoch, sequence: anchor.sequence });
    for (let log = anchor.sequence + 1; log <= sequence; log += 1) isWhole &&= sequences.has(log);
    this.world.expect(
      isWhole,
      'I2',
      () => `the journal of ${replicaId} no longer leads to ${epoch}/${sequence}`,
    );
  }
}
