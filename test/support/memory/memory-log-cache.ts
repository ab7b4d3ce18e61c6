import { LifeboatError } from '../../../shared/errors';
import type { CachedEpoch, CachedLog, LogCache, LogName } from '../../../shared/ports/log-cache';

type Container = Map<string, { readonly log: LogName; readonly bytes: Buffer }>;
type Containers = Map<string, Container>;

/** The cache account in memory. It can die and come back as it was saved last. */
export class MemoryLogCache implements LogCache {
  #containers: Containers = new Map();
  #saved: Containers = new Map();

  save(): void {
    this.#saved = copyOf(this.#containers);
  }

  rollBack(): void {
    this.#containers = copyOf(this.#saved);
  }

  async createEpoch(replicaId: string, epoch: number): Promise<void> {
    const name = containerName(replicaId, epoch);
    if (!this.#containers.has(name)) this.#containers.set(name, new Map());
  }

  async removeEpoch(replicaId: string, epoch: number): Promise<void> {
    this.#containers.delete(containerName(replicaId, epoch));
  }

  async *epochs(replicaId?: string): AsyncIterable<CachedEpoch> {
    for (const name of [...this.#containers.keys()].sort()) {
      const [owner = '', epoch = ''] = name.split('/');
      if (replicaId === undefined || owner === replicaId) yield { replicaId: owner, epoch: Number(epoch) };
    }
  }

  async attempts(replicaId: string, epoch: number, sequence: number): Promise<readonly CachedLog[]> {
    return this.#logs(replicaId, epoch).filter((log) => log.sequence === sequence);
  }

  async *list(replicaId: string, epoch: number, fromSequence: number): AsyncIterable<CachedLog> {
    yield* this.#logs(replicaId, epoch).filter((log) => log.sequence >= fromSequence);
  }

  async *read(name: LogName): AsyncIterable<Uint8Array> {
    const stored = this.#containers.get(containerName(name.replicaId, name.epoch))?.get(blobName(name));
    if (stored === undefined) throw new LifeboatError('NotFound', `there is no log ${blobName(name)}`);
    yield Buffer.from(stored.bytes);
  }

  async put(name: LogName, bytes: Uint8Array): Promise<void> {
    const container = this.#containers.get(containerName(name.replicaId, name.epoch));
    if (container === undefined) throw new LifeboatError('NotFound', 'the container of this epoch is gone');
    if (container.has(blobName(name))) throw new LifeboatError('Conflict', 'this log is there already');
    const { replicaId, epoch, sequence, attempt } = name;
    container.set(blobName(name), {
      log: { replicaId, epoch, sequence, attempt },
      bytes: Buffer.from(bytes),
    });
  }

  async remove(name: LogName): Promise<void> {
    this.#containers.get(containerName(name.replicaId, name.epoch))?.delete(blobName(name));
  }

  #logs(replicaId: string, epoch: number): readonly CachedLog[] {
    const container = this.#containers.get(containerName(replicaId, epoch));
    const logs = [...(container?.values() ?? [])].map(({ log, bytes }) => ({
      ...log,
      sizeBytes: bytes.length,
    }));
    return logs.sort((left, right) => left.sequence - right.sequence || left.attempt - right.attempt);
  }
}

function containerName(replicaId: string, epoch: number): string {
  return `${replicaId}/${epoch}`;
}

function blobName({ sequence, attempt }: LogName): string {
  return `${sequence}.${attempt}`;
}

function copyOf(containers: Containers): Containers {
  return new Map([...containers].map(([name, container]) => [name, new Map(container)]));
}
