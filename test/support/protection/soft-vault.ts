import { randomUUID } from 'node:crypto';
import type { DeletedItem } from '../../../shared/contracts/catalogue/deleted-item';
import { everyResource } from '../../../shared/service/catalogue/resources';
import { createReplicas } from '../../../shared/service/create-replicas';
import { vault } from '../arm/world';
import type { PaperAgent } from './paper-agent';
import { ProtectionWorld, type WorldOptions } from './protection-world';

export const dayInMs = 86_400_000;
export const allDeleted = `${vault}/deletedProtectedItems`;

/** What the API answers: an error, or something with fields. */
export type Wire = { error: { code: string; message: string } } & Record<string, unknown>;
export interface Said {
  readonly status: number;
  readonly body: Wire;
}

/** A vault that keeps what is deleted in it for 30 days, and what a test asks of it. */
export class SoftVault {
  private constructor(readonly world: ProtectionWorld) {}

  static async open(options: WorldOptions = {}): Promise<SoftVault> {
    const soft = new SoftVault(await ProtectionWorld.open(options));
    await soft.set('Enabled', { softDeleteRetentionPeriodInDays: 30 });
    return soft;
  }

  async set(softDeleteState: string, more: object = {}): Promise<Said> {
    const securitySettings = { softDeleteSettings: { softDeleteState, ...more } };
    return (await this.world.ask('PATCH', vault, { properties: { securitySettings } })) as Said;
  }

  protect(): Promise<PaperAgent> {
    return this.world.protect('web', [4096, 4096]);
  }

  async disable(how: 'remove' | 'purge' = 'remove'): Promise<void> {
    const item = await this.world.itemId('web');
    if (how === 'purge') await this.world.ask('DELETE', item);
    else await this.world.ask('POST', `${item}/remove`, { properties: {} });
    await this.world.pump(3);
  }

  async deleted(): Promise<{ id: string; properties: DeletedItem }[]> {
    const found: { id: string; properties: DeletedItem }[] = [];
    for await (const { resource } of everyResource(this.world.records, vault, 'deletedProtectedItems'))
      found.push({ id: resource.id, properties: resource.properties as DeletedItem });
    return found;
  }

  /** Asks it of the one item that is deleted. */
  async ask(verb: 'undelete' | 'purge'): Promise<Said> {
    const [first] = await this.deleted();
    return (await this.world.ask('POST', `${first?.id ?? allDeleted}/${verb}`)) as Said;
  }

  /** Everything that is still there of whatever was protected. */
  async leftOvers(): Promise<string[]> {
    const { replication, cache, records } = this.world;
    const found = [...(await replication.disks.list())];
    for await (const name of replication.documents.list('')) found.push(name);
    for await (const { replicaId, epoch } of cache.epochs()) found.push(`${replicaId}/${epoch}`);
    const due = await records.list('deleted-items-due');
    return [...found, ...due.records.map(({ id }) => id), ...(await this.deleted()).map(({ id }) => id)];
  }

  /** What a point of a disk holds. */
  async contentAt(pointId: string, replicaId: string): Promise<Buffer> {
    const { replication, target } = this.world;
    const toReplicaId = randomUUID();
    const moment = { kind: 'point', pointId } as const;
    await createReplicas(replication).materialise({ moment, replicaId, toReplicaId, job: 'test' });
    const content = Buffer.from(target.disks.get(toReplicaId)?.content ?? []);
    await replication.disks.remove(toReplicaId);
    return content;
  }

  async recordOf(replicaId: string): Promise<unknown> {
    return (await this.world.wired.ports.replicas.read(replicaId)) ?? null;
  }
}
