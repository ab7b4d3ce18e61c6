import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestFailoverProviderSpecificInputUnion } from '@azure/arm-recoveryservices-siterecovery';
import { z } from 'zod';
import type { Recovery } from '../../../shared/contracts/catalogue/recovery';
import { WishBoard } from '../../../shared/service/agents/wish-board';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { readItem } from '../../../shared/service/protection/item-records';
import { eventually } from '../eventually';
import { Inside } from '../protection/inside';
import { group, quick, Site } from '../protection/site';
import type { SiteOptions } from '../protection/site-options';
import { startStack, type Stack } from '../stack';
import { quickDeclaration } from './quick-declaration';
import { startMachine, type StackMachine, type StackMachineOptions } from './stack-machine';
import { TargetCloud } from './target-cloud';

const BroughtOver = z.object({ disks: z.array(z.object({ receivedBytes: z.number() })) });

interface LifeParts {
  readonly stack: Stack;
  readonly site: Site;
  readonly cloud: TargetCloud;
  readonly folder: string;
  readonly networkId: string;
}

/** One machine's life on the whole stack, through the official client: failed over, and home again. */
export class StackLife {
  /** The item now: reprotecting may replace it. */
  item = 'web';
  fabric: string;
  container: string;
  readonly site: Site;
  readonly inside: Inside;
  readonly cloud: TargetCloud;
  readonly networkId: string;
  readonly #machines: StackMachine[] = [];

  private constructor(private readonly parts: LifeParts) {
    this.site = parts.site;
    this.cloud = parts.cloud;
    this.networkId = parts.networkId;
    this.inside = new Inside(parts.stack);
    this.fabric = parts.site.fabric;
    this.container = parts.site.container;
  }

  static async open(
    options: SiteOptions,
    change: (declarationFile: string) => void = () => undefined,
  ): Promise<StackLife> {
    const folder = mkdtempSync(join(tmpdir(), 'life-'));
    const declarationFile = quickDeclaration(folder);
    change(declarationFile);
    const stack = await startStack({ declarationFile });
    try {
      const site = await Site.open(stack, options);
      const cloud = new TargetCloud(stack);
      return new StackLife({ stack, site, cloud, folder, networkId: await cloud.network() });
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#machines.map((machine) => machine.stop()));
    await this.site.close();
    await this.parts.stack.stop();
    rmSync(this.parts.folder, { recursive: true });
  }

  restartHost(): Promise<void> {
    return this.parts.stack.restart('host');
  }

  get items(): Site['client']['replicationProtectedItems'] {
    return this.site.client.replicationProtectedItems;
  }

  get at(): readonly [string, string, string, string, string] {
    return [this.site.vault, group, this.fabric, this.container, this.item];
  }

  get containerId(): string {
    return `${this.site.vaultId}/replicationFabrics/${this.fabric}/replicationProtectionContainers/${this.container}`;
  }

  get itemId(): string {
    return `${this.containerId}/replicationProtectedItems/${this.item}`;
  }

  async machine(options: StackMachineOptions): Promise<StackMachine> {
    const machine = await startMachine(this.site, options);
    this.#machines.push(machine);
    return machine;
  }

  /** An agent in the machine that was recovered, on disks with what that one booted from. */
  async installAgent(fabric = this.fabric): Promise<StackMachine> {
    const real = await this.recovered('real');
    const machineId = real.machine?.id ?? '';
    const fabricId = `${this.site.vaultId}/replicationFabrics/${fabric}`;
    const disks = await this.contents(real);
    return this.machine({ name: real.machine?.name ?? '', machineId, disks, fabricId });
  }

  async recovered(which: 'test' | 'real'): Promise<Recovery> {
    const item = await readItem(this.inside.ports.records, this.itemId);
    const recovery = item === undefined ? undefined : recoveriesOf(item)[which];
    if (recovery === undefined) throw new Error(`nothing was recovered: ${item?.state ?? 'no item'}`);
    return recovery;
  }

  /** How much of its old disks the machine that came home had to be sent, as its agent said. */
  async sentHomeBytes(): Promise<number> {
    const { disks } = BroughtOver.parse((await this.recovered('real')).broughtOver);
    return disks.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  }

  contents({ disks }: Recovery): Promise<Buffer[]> {
    return Promise.all(disks.map(({ targetDiskId }) => this.cloud.content(targetDiskId ?? '')));
  }

  /** The replicas of the item, byte by byte, once they hold this. */
  async replicasReach(contents: readonly Buffer[]): Promise<void> {
    await eventually(async () => {
      const held = await this.replicaContents();
      return held.every((content, index) => content.equals(contents[index] ?? Buffer.alloc(0)));
    }, 60_000);
  }

  async replicaContents(): Promise<Buffer[]> {
    const item = await readItem(this.inside.ports.records, this.itemId);
    return Promise.all(
      (item?.disks ?? []).map(async ({ replicaId, sizeBytes }) => {
        const { data } = await this.inside.ports.disks
          .open(replicaId)
          .read({ offsetBytes: 0, lengthBytes: sizeBytes });
        return Buffer.from(data);
      }),
    );
  }

  /** Everything in the target cloud that was made for the item. */
  async made(): Promise<readonly string[]> {
    const owner = { vaultId: this.site.vaultId, itemId: this.itemId };
    return (await this.cloud.compute.machines.made(owner)).map(({ id }) => id);
  }

  /** A point with all that the machine wrote until now, or until then; asked for, where the policy would make one later. */
  async point(since = Date.now()): Promise<string> {
    await this.#askForPoint();
    return eventually(async () => {
      const pages = this.site.client.recoveryPoints.listByReplicationProtectedItems(...this.at);
      for await (const { name, properties } of pages) {
        if ((properties?.recoveryPointTime?.getTime() ?? 0) > since) return name;
      }
      return undefined;
    }, 90_000);
  }

  async #askForPoint(): Promise<void> {
    const board = new WishBoard(this.inside.ports);
    for (const { agentId } of this.#machines)
      await board.change(agentId, (wish) => ({
        ...wish,
        items: wish.items.map((item) => ({ ...item, cutNow: item.cutNow + 1 })),
      }));
  }

  async reaches(state: string): Promise<void> {
    await eventually(async () => {
      const { properties } = await this.items.get(...this.at);
      return properties?.protectionState === state;
    }, 90_000);
  }

  /** A test failover whose disks must hold this; everything of it is gone after the clean-up. */
  async test(
    providerSpecificDetails: TestFailoverProviderSpecificInputUnion,
    expected: readonly Buffer[],
  ): Promise<void> {
    const properties = { failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' };
    await this.items.beginTestFailoverAndWait(
      ...this.at,
      { properties: { ...properties, providerSpecificDetails } },
      quick,
    );
    expectSame(await this.contents(await this.recovered('test')), expected);
    await this.items.beginTestFailoverCleanupAndWait(
      ...this.at,
      { properties: { comments: 'it came up' } },
      quick,
    );
  }

  async commit(): Promise<void> {
    await this.items.beginFailoverCommitAndWait(...this.at, quick);
  }
}

/** Says which disk differs, not how. */
export function expectSame(actual: readonly Buffer[], expected: readonly Buffer[]): void {
  expect(actual.map((content, index) => content.equals(expected[index] ?? Buffer.alloc(0)))).toEqual(
    expected.map(() => true),
  );
}
