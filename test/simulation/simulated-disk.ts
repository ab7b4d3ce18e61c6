import { encodeChangeLog } from '../../shared/formats/change-log/encode-change-log';
import { digestOfBlock, type DigestMap } from '../../shared/formats/digest-map';
import type { Marker } from '../../shared/model/change-log';
import { sectorBytes } from '../../shared/model/extent';
import type { Position } from '../../shared/model/position';
import type { StartEpoch } from '../../shared/service/replicas';
import type { AgentRules } from './agent-rules';
import type { Oracle } from './oracle';
import { nameOf } from './oracle-sight';
import { bytesOf, extentsOf, type Sectors, type SectorWrite } from './sectors';

export const blockSectors = 2;

/** One epoch as its agent keeps it. What is in the spool's folder survives the agent; the rest does not. */
export interface Stream {
  readonly epoch: number;
  sequence: number;
  previousDigest: string;
  lastTimeInMs: number;
  /** On disk: sealed logs, and what is left to do of copying as of the last seal. */
  readonly spool: Map<number, Uint8Array>;
  pendingSaved: Map<number, 'copy' | 'compare'>;
  /** On disk, written before the data is: sectors whose writes no sealed log holds yet. */
  readonly inDoubt: Set<number>;
  /** In memory. */
  readonly acknowledged: Set<number>;
  open: SectorWrite[];
  pending: Map<number, 'copy' | 'compare'>;
  maps: readonly DigestMap[] | undefined;
  /** Read by the copier and not yet appended: empty unless the copier forgets its lock. */
  copied: SectorWrite | undefined;
  resend: { readonly sequence: number; readonly attempt: number } | undefined;
  freedBelow: number;
  knownDurable: number;
}

export type EpochWish = Omit<StartEpoch, 'replicaId'>;

/** A disk of a guest, with the agent that follows it: the other side of the protocol, as simple as can be. */
export class SimulatedDisk {
  stream: Stream | undefined;
  /** Changes are only marked here, not logged: the spool is full. */
  bitmap: Set<number> | undefined;
  wish: EpochWish | undefined;
  isCreated = false;
  isPoisoned = false;
  isFenced = false;

  constructor(
    readonly replicaId: string,
    public source: Sectors,
    private readonly oracle: Oracle,
    private readonly rules: AgentRules,
  ) {}

  /** The guest writes. The disk first, then the log; what is in doubt is marked before both. */
  write(write: SectorWrite): void {
    const { stream } = this;
    const sectors = write.values.map((_, index) => write.sector + index);
    if (this.bitmap !== undefined) for (const sector of sectors) this.bitmap.add(sector);
    else if (stream !== undefined && this.rules.marksInDoubt)
      for (const sector of sectors) stream.inDoubt.add(sector);
    this.source.set(write.values, write.sector);
    if (this.bitmap === undefined) stream?.open.push(write);
  }

  begin(epoch: number, chainHead: string, pending: Map<number, 'copy' | 'compare'>): void {
    this.stream = {
      ...{ epoch, sequence: 0, previousDigest: chainHead, lastTimeInMs: 0, spool: new Map() },
      ...{ pendingSaved: new Map(pending), inDoubt: new Set(), acknowledged: new Set(), open: [] },
      ...{ pending, maps: undefined, copied: undefined, resend: undefined, freedBelow: 0, knownDurable: 0 },
    };
    this.bitmap = undefined;
    this.wish = undefined;
    this.isPoisoned = false;
    this.isFenced = false;
  }

  blocks(): readonly number[] {
    return Array.from({ length: this.source.length / blockSectors }, (_, block) => block);
  }

  get isComparing(): boolean {
    return [...(this.stream?.pending.values() ?? [])].includes('compare');
  }

  /** All that is to be copied has been: the disk may take part in markers. */
  get isSteady(): boolean {
    const { stream } = this;
    const isCopied = stream !== undefined && (stream.pending.size === 0 || !this.rules.waitsForCopy);
    return isCopied && stream.copied === undefined && this.bitmap === undefined && this.wish === undefined;
  }

  /** Copies one block, or finds that the replica has it. Reading, comparing and appending are one step, under its lock. */
  copyBlock(block: number): void {
    const { stream } = this;
    const how = this.bitmap === undefined ? stream?.pending.get(block) : undefined;
    if (stream === undefined || how === undefined) return;
    if (how === 'compare' && stream.maps === undefined) return;
    stream.pending.delete(block);
    if (!this.rules.savesCursorAtSeal) stream.pendingSaved.delete(block);
    const sector = block * blockSectors;
    if (how === 'compare' && this.#isShared(sector, stream.maps ?? [])) return;
    const write = { sector, values: [...this.source.subarray(sector, sector + blockSectors)] };
    if (this.rules.locksWhileCopying) stream.open.push(write);
    else stream.copied = write;
  }

  /** Only for a copier that forgot its lock. */
  appendCopied(): void {
    const { stream } = this;
    if (stream?.copied === undefined) return;
    stream.open.push(stream.copied);
    stream.copied = undefined;
  }

  #isShared(sector: number, maps: readonly DigestMap[]): boolean {
    const offsetBytes = sector * sectorBytes;
    const map = maps.findLast((each) => each.offsetBytes <= offsetBytes);
    if (map === undefined) return false;
    const index = (offsetBytes - map.offsetBytes) / map.blockBytes;
    if (index >= map.digests.length) return false;
    const [theirs, ours] = [map.digests[index], digestOfBlock(bytesOf(this.source, sector, blockSectors))];
    return theirs === undefined || ours === undefined ? theirs === ours : Buffer.compare(theirs, ours) === 0;
  }

  /** Seals what was written into the next log. Copying counts as done only from here on. */
  async seal(clockInMs: number, marker?: Marker): Promise<Position | undefined> {
    const { stream } = this;
    if (stream === undefined) return undefined;
    const position = { epoch: stream.epoch, sequence: stream.sequence + 1 };
    const writes = stream.open;
    stream.lastTimeInMs = Math.max(stream.lastTimeInMs + 1, clockInMs);
    const { bytes, digest } = await encodeChangeLog(
      {
        ...position,
        replicaId: this.replicaId,
        previousDigest: stream.previousDigest,
        diskSizeBytes: this.source.length * sectorBytes,
        firstWriteTimeInMs: stream.lastTimeInMs,
        lastWriteTimeInMs: stream.lastTimeInMs,
        ...(marker === undefined ? {} : { marker }),
      },
      writes.flatMap(extentsOf),
      { codec: 'none' },
    );
    this.oracle.say(
      () => `sealed ${nameOf(this.replicaId, position)}: ${JSON.stringify(writes)} ${marker?.id ?? ''}`,
    );
    const after = this.oracle.after(this.replicaId, position, writes, this.source.length);
    this.oracle.seal(this.replicaId, position, { digest, after, markerId: marker?.id });
    stream.sequence += 1;
    stream.previousDigest = digest;
    stream.spool.set(stream.sequence, bytes);
    stream.open = [];
    stream.pendingSaved = new Map(stream.pending);
    stream.inDoubt.clear();
    return position;
  }

  /** The agent dies and comes back with what its folder holds: blocks in doubt are copied again, before any marker. */
  crash(): void {
    const { stream } = this;
    if (stream === undefined) return;
    stream.open = [];
    stream.copied = undefined;
    stream.maps = undefined;
    stream.resend = undefined;
    stream.acknowledged.clear();
    for (const sector of stream.inDoubt) stream.pendingSaved.set(Math.floor(sector / blockSectors), 'copy');
    stream.inDoubt.clear();
    stream.pending = new Map(stream.pendingSaved);
  }

  /** The spool is lost: nothing of the stream can be proved any more. */
  forget(job: string): void {
    this.stream = undefined;
    this.bitmap = undefined;
    this.wish = { kind: 'rebase', reason: 'spoolLost', job };
  }

  /** What an agent must never do: go on in an epoch whose newest logs it does not remember. */
  goOnFromOlderSpool(): void {
    const { stream } = this;
    if (stream === undefined || stream.sequence === 0) return;
    stream.spool.delete(stream.sequence);
    stream.acknowledged.delete(stream.sequence);
    stream.sequence -= 1;
    this.crash();
  }
}
