import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Azure } from '../../demo/azure';
import { quick, resourceGroup, vault } from '../../demo/make-vault';
import { ProtectedSite } from '../../demo/protected-site';
import { north, west } from '../../demo/regions';
import { trust } from '../../demo/trust';
import { until } from '../../demo/until';
import { builtParts, type Cloud, freePorts, startCloud } from '../../local/cloud';
import type { Guest } from '../support/guest';

const item = 'guest';
const at = [vault, resourceGroup, west.fabric, west.container, item] as const;
const programs = join(__dirname, '..', '..', 'local');
const copyBoundInMs = 900_000;
const lookEveryInMs = 20;
const elsewhereBytes = 1024 * 1024;

export interface FailoverTimes {
  /** Of the machine at the target. */
  readonly untilStartInMs: number;
  readonly untilAnswerInMs: number;
}

/** A guest's disk that is protected on the whole local cloud, through the official clients and by an agent's process. */
export class ProtectedGuest {
  #agent: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly guest: Guest,
    private readonly cloud: Cloud,
    private readonly site: ProtectedSite,
  ) {}

  static async open(folder: string, guest: Guest): Promise<ProtectedGuest> {
    const cloud = await startCloud({
      declarationFile: resolve('local.cloud.json'),
      ...{ dataFolder: join(folder, 'cloud'), programs, parts: builtParts(programs) },
      ...{ ports: await freePorts(), onLine: () => undefined, say: () => undefined },
    });
    trust(cloud.facts['authority.file'] ?? '');
    const made = new ProtectedGuest(folder, guest, cloud, new ProtectedSite(cloud));
    await made.#protect();
    return made;
  }

  async close(): Promise<void> {
    await this.#stopAgent();
    await this.cloud.stop();
  }

  /** Sets what every read of storage takes longer. */
  delay(delayInMs: number): Promise<void> {
    return this.#administer('delay', { delayInMs });
  }

  /** From the call of a test failover to the guest's answer. What was made is cleaned up again. */
  async failOver(): Promise<FailoverTimes> {
    const [point] = await this.site.points(item, west);
    const instanceType = 'A2A' as const;
    const properties = {
      ...{ failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' },
      providerSpecificDetails: { instanceType, recoveryPointId: point?.id ?? '' },
    };
    const before = this.#consoles();
    const elapsed = (): number => performance.now() - startedAt;
    const items = this.site.client.replicationProtectedItems;
    const startedAt = performance.now();
    const job = items.beginTestFailoverAndWait(...at, { properties }, quick);
    const [times] = await Promise.all([this.#answer(before, elapsed), job]);
    await items.beginTestFailoverCleanupAndWait(...at, { properties: {} }, quick);
    return times;
  }

  async #protect(): Promise<void> {
    const { cloud, site, guest } = this;
    const azure = new Azure(cloud.facts['arm.endpoint'] ?? '', site.credential);
    const { kernel, initrd, append } = guest;
    await this.#administer('boot', { kernel, initrd, append });
    for (const region of [west, north]) await azure.makeRegion(region);
    // What its machine holds in the cloud, nobody asks: the agent has the disk.
    const diskPath = join(this.folder, 'elsewhere.raw');
    writeFileSync(diskPath, Buffer.alloc(elsewhereBytes));
    const machineId = await azure.makeMachine({ region: west, name: item, diskPath });
    await site.create(west, north);
    await this.#startAgent(machineId);
    await site.enable(item, { machineId, from: west, to: north });
    const isProtected = async (): Promise<true | undefined> =>
      (await site.item(item, west)).properties?.protectionState === 'Protected' ? true : undefined;
    await until('the first copy', isProtected, copyBoundInMs);
    await until('a recovery point', async () => (await site.points(item, west))[0]);
    // The machine it stands for would have processors of its own.
    await this.#stopAgent();
  }

  async #startAgent(machineId: string): Promise<void> {
    const { folder, guest, cloud, site } = this;
    const program = join(__dirname, '..', '..', 'agent', 'main.js');
    const token = await site.registrationToken(west);
    const socket = join(folder, 'nbd');
    const authority = cloud.facts['authority.file'] ?? '';
    const command = [program, 'run', '--url', site.endpoint, '--token', token, '--ca', authority];
    const disk = ['--state', join(folder, 'agent'), '--disk', `${guest.disk}:disk0`, '--listen', socket];
    const machine = ['--name', item, '--machine-id', machineId];
    this.#agent = spawn(process.execPath, [...command, ...disk, ...machine], { stdio: 'ignore' });
    await until('the agent', () => Promise.resolve(existsSync(socket) || undefined));
  }

  async #stopAgent(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    const ended = once(agent, 'exit');
    agent.kill('SIGTERM');
    await ended;
  }

  /** The machine has a console from its start on. */
  async #answer(before: readonly string[], elapsed: () => number): Promise<FailoverTimes> {
    let untilStartInMs: number | undefined;
    for (;;) {
      const [added] = this.#consoles().filter((file) => !before.includes(file));
      if (added !== undefined) {
        untilStartInMs ??= elapsed();
        const said = readFileSync(added, 'utf8');
        if (said.includes(this.guest.greeting)) return { untilStartInMs, untilAnswerInMs: elapsed() };
      }
      await pause(lookEveryInMs);
    }
  }

  #consoles(): readonly string[] {
    const folder = join(this.folder, 'cloud', 'arm', 'machines');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.console'))
      .map((name) => join(folder, name));
  }

  async #administer(what: string, body: object): Promise<void> {
    const endpoint = this.cloud.facts['arm.endpoint'] ?? '';
    const { token } = await this.site.credential.getToken(`${endpoint}/.default`);
    const response = await fetch(`${endpoint}/_admin/${what}`, {
      ...{ method: 'PUT', body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  }
}
