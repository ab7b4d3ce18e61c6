import type { PointManifest } from '../../../shared/contracts/replication/point-manifest';
import type { RecoveryPointRecord } from '../../../shared/contracts/replication/recovery-point-record';
import type { KeptPoints } from '../../../shared/contracts/agent/site';
import type { Clock } from '../../../shared/ports/clock';
import type { TargetDocuments } from '../../../shared/ports/target-documents';
import { readManifest } from '../../../shared/service/points/manifests';
import type { Replicas } from '../../../shared/service/replicas';

/** More than a policy ever makes between two reports; what is left over is told by the next. */
const newsLimit = 500;

/** Whoever has lost what it was told hears it again this often. */
const toldAgainEveryInMs = 3_600_000;

export interface PointNewsPorts {
  readonly replicas: Replicas;
  readonly documents: TargetDocuments;
  readonly clock: Pick<Clock, 'now'>;
}

export interface News {
  readonly points: KeptPoints;
  /** The service has them. */
  accepted(): void;
}

/** What the service was told of the points of kept replicas, so that each is told once, again when it changes, and all every hour. */
export class PointNews {
  readonly #told = new Map<string, ReadonlyMap<string, string>>();
  readonly #quiet = new Set<string>();
  #beganAtMs: number;

  constructor(private readonly ports: PointNewsPorts) {
    this.#beganAtMs = ports.clock.now();
  }

  /** Something may have happened to the points of this replica, or of any. */
  touch(replicaId?: string): void {
    if (replicaId === undefined) this.#quiet.clear();
    else this.#quiet.delete(replicaId);
  }

  /** The points of a replica, if anything of them is new. */
  async of(replicaId: string): Promise<News | undefined> {
    this.#beginAgainInTime();
    if (this.#quiet.has(replicaId)) return undefined;
    this.#quiet.add(replicaId);
    const known = this.#told.get(replicaId);
    const records = (await this.ports.replicas.points(replicaId)).toReversed();
    const changed = records.filter((record) => known?.get(record.pointId) !== stampOf(record));
    const there = new Set(records.map(({ pointId }) => pointId));
    const isShorter = [...(known?.keys() ?? [])].some((pointId) => !there.has(pointId));
    if (known !== undefined && changed.length === 0 && !isShorter) return undefined;
    // Until it was accepted it is news again.
    this.#quiet.delete(replicaId);
    const told = changed.slice(0, newsLimit);
    const news = await this.#manifestsOf(told);
    return {
      points: { ids: [...there], news },
      accepted: () => this.#note(replicaId, records, new Set(told)),
    };
  }

  #beginAgainInTime(): void {
    const now = this.ports.clock.now();
    if (now - this.#beganAtMs < toldAgainEveryInMs) return;
    this.#beganAtMs = now;
    this.#told.clear();
    this.#quiet.clear();
  }

  #note(
    replicaId: string,
    records: readonly RecoveryPointRecord[],
    told: ReadonlySet<RecoveryPointRecord>,
  ): void {
    const known = this.#told.get(replicaId);
    const stamps = new Map<string, string>();
    for (const record of records) {
      const stamp = told.has(record) ? stampOf(record) : known?.get(record.pointId);
      if (stamp !== undefined) stamps.set(record.pointId, stamp);
    }
    this.#told.set(replicaId, stamps);
  }

  async #manifestsOf(records: readonly RecoveryPointRecord[]): Promise<PointManifest[]> {
    const manifests: PointManifest[] = [];
    for (const { pointId } of records) {
      const tagged = await readManifest(this.ports.documents, pointId);
      if (tagged !== undefined) manifests.push(tagged.manifest);
    }
    return manifests;
  }
}

/** Of a point, what changes: what it has become, and how many members hold it. */
function stampOf({ state, heldMembers }: RecoveryPointRecord): string {
  return `${state} ${heldMembers}`;
}
