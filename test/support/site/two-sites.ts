import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterTarget } from '../../../agent/site/master-target/master-target';
import { ProcessServer } from '../../../agent/site/process-server/process-server';
import { MachineFolder } from '../../../agent/site/provider/machine-folder';
import { PaperHypervisor } from '../../../agent/site/provider/paper-hypervisor';
import { Provider } from '../../../agent/site/provider/provider';
import type { SiteRole } from '../../../agent/site/site-role';
import { startSiteAgent } from '../../../agent/site/start-site-agent';
import { startAgent } from '../../../agent/start-agent';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import type { Recovery } from '../../../shared/contracts/catalogue/recovery';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { findMachine } from '../../../shared/service/agents/known-machines';
import { readItem } from '../../../shared/service/protection/item-records';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { eventually } from '../eventually';
import { hear } from '../logs/hear';
import { NbdClient } from '../nbd-client';
import { Inside } from '../protection/inside';
import { Site } from '../protection/site';
import type { SiteOptions } from '../protection/site-options';
import { SiteAuthority } from './site-certificates';
import { TappedPort } from './tapped-port';
import type { TappedStack } from './tapped-stack';

const common = { clock: systemClock, ids: systemIds };

/** A machine at the primary site. */
export interface SiteMachine {
  readonly machineId: string;
  /** Where its disk lies. */
  readonly path: string;
  /** What its own agent was asked to do. */
  readonly tasks: readonly string[];
  readonly content: Buffer;
  /** What its agent is wanted to feed. */
  readonly replicas: readonly DesiredReplica[];
  /** How often it is wanted to cut, by what its agent was told last; whoever asks has it report. */
  readonly paceInMs: number | undefined;
  write(offsetBytes: number, bytes: Buffer): Promise<void>;
}

/** Two sites with servers of their own, certificates between them, and a vault that only hears of it. */
export class TwoSites {
  readonly folder = mkdtempSync(join(tmpdir(), 'two-sites-'));
  /** What runs the machines of the primary site, and those of the other. */
  readonly primary = new PaperHypervisor(new MachineFolder(join(this.folder, 'primary')));
  readonly hypervisor = new PaperHypervisor(new MachineFolder(join(this.folder, 'machines')));
  readonly lines: string[] = [];
  readonly #stopping: (() => Promise<void>)[] = [];

  private constructor(
    private readonly tapped: TappedStack,
    readonly site: Site,
    private readonly authority: SiteAuthority,
  ) {}

  static async open(tapped: TappedStack, options: SiteOptions): Promise<TwoSites> {
    const site = await Site.open(tapped.stack, options);
    return new TwoSites(tapped, site, await SiteAuthority.create());
  }

  async close(): Promise<void> {
    for (const stop of this.#stopping.toReversed()) await stop();
    await this.site.close();
    rmSync(this.folder, { recursive: true });
  }

  /** The other site: what keeps replicas there, and what runs machines on them. Answers a tap on the way to it. */
  openOther(): Promise<TappedPort> {
    return this.#openKeeper('master-target', this.#otherFabricId, this.hypervisor);
  }

  /** The same at the site that the machines come from: what they replicate to once their direction has turned. */
  openKeeperAtHome(name: string, isProvider = true): Promise<TappedPort> {
    return this.#openKeeper(name, this.site.fabricId, isProvider ? this.primary : undefined);
  }

  get #otherFabricId(): string {
    return `${this.site.vaultId}/replicationFabrics/other`;
  }

  async #openKeeper(
    name: string,
    fabricId: string,
    hypervisor: PaperHypervisor | undefined,
  ): Promise<TappedPort> {
    const trust = await this.authority.issue(name);
    const target = await MasterTarget.open({
      ...{ folder: join(this.folder, `kept-${name}`), format: 'raw', listen: { host: '127.0.0.1', port: 0 } },
      ...{ ...common, trust, log: this.#log(name), sweepIntervalInMs: 500 },
    });
    const tap = await TappedPort.open(target.address.port);
    this.#stopping.push(() => tap.close());
    const told: SiteRole = {
      ...{ role: target.role, taskHandlers: target.taskHandlers },
      run: (context, signal) => target.run(context, signal),
      close: () => target.close(),
      describe: async () => {
        const telling = await target.describe();
        const listens = { masterTarget: { host: '127.0.0.1', port: tap.port } };
        return { ...telling, report: { ...telling.report, listens } };
      },
    };
    const provider =
      hypervisor === undefined ? [] : [new Provider({ hypervisor, ...common, log: this.#log(name) })];
    await this.#serve(name, [told, ...provider], fabricId);
    return tap;
  }

  /** A process server beside the machines, or beside those of the other site. */
  async openProcessServer(name = 'process-server', isAtOther = false): Promise<void> {
    const server = await ProcessServer.open({
      ...{ folder: join(this.folder, name), spoolKey: Buffer.alloc(32, 3), firstPauseInMs: 20 },
      ...{ listen: { host: '127.0.0.1', port: 0 }, trust: await this.authority.issue(name) },
      ...{ ...common, log: this.#log(name) },
    });
    await this.#serve(name, [server], isAtOther ? this.#otherFabricId : this.site.fabricId);
  }

  async machine(name: string, content: Buffer, siteRoles?: readonly SiteRole[]): Promise<SiteMachine> {
    const path = join(this.folder, `${name}.raw`);
    writeFileSync(path, content);
    const machineId = `${name}-${randomUUID()}`;
    const facts = { machineId, name, osType: 'Linux', generation: '1' } as const;
    const disks = [{ diskId: 'disk0', path, isBootDisk: true }];
    await this.primary.create({ ...facts, isIsolated: false, disks });
    return this.#watch(facts, path, { fabricId: this.site.fabricId, siteRoles });
  }

  /** An agent beside the machine that a failover has made, at the site that it runs at now. */
  async moveIn(item: string, isAtHome = false): Promise<SiteMachine> {
    const { machine, disks } = await this.recovered(item, 'real');
    const facts = { machineId: machine?.id ?? '', name: machine?.name ?? '' };
    return this.#watch({ ...facts, osType: 'Linux', generation: '1' }, disks[0]?.targetDiskId ?? '', {
      fabricId: isAtHome ? this.site.fabricId : this.#otherFabricId,
    });
  }

  async #watch(
    facts: { readonly machineId: string; readonly name: string; osType: 'Linux'; generation: '1' },
    path: string,
    {
      fabricId,
      siteRoles,
    }: { readonly fabricId: string; readonly siteRoles?: readonly SiteRole[] | undefined },
  ): Promise<SiteMachine> {
    const { machineId, name } = facts;
    const tasks: string[] = [];
    const power = (kind: string) => () => {
      tasks.push(kind);
      return Promise.resolve({});
    };
    const agent = await startAgent({
      ...{
        url: this.tapped.url,
        stateFolder: join(this.folder, `${machineId}-state`),
        token: await this.site.tokenOf(fabricId),
      },
      machine: { ...facts, powerState: 'running', nics: [] },
      disks: [{ diskId: 'disk0', path, isBootDisk: true, exportName: 'disk0' }],
      ...{ ...common, listen: { port: 0 }, log: this.#log(name), sealIntervalInMs: 50 },
      siteTrust: await this.authority.issue(name),
      ...(siteRoles === undefined
        ? { taskHandlers: { shutDownMachine: power('stop'), startMachine: power('start') } }
        : { siteRoles }),
    });
    this.#stopping.push(() => agent.stop());
    return {
      ...{ machineId, path, tasks },
      get replicas() {
        return agent.loop.wish?.replicas ?? [];
      },
      get paceInMs() {
        agent.loop.tell();
        return agent.loop.wish?.markers[0]?.crashIntervalInMs;
      },
      get content() {
        return readFileSync(path);
      },
      write: async (offsetBytes, bytes) => {
        const guest = await NbdClient.connect(agent.nbd, 'disk0');
        await guest.write(offsetBytes, bytes);
        guest.close();
      },
    };
  }

  /** Who runs the machines of the primary site, and reads no disk of theirs. */
  async openVmmServer(): Promise<void> {
    await this.#serve('vmm-server', [this.primaryProvider()], this.site.fabricId);
  }

  primaryProvider(): Provider {
    return new Provider({ hypervisor: this.primary, ...common, log: this.#log('vmm') });
  }

  /** Resolves once the service knows who reads the disks of this machine. */
  async isKnown({ machineId }: SiteMachine, isAtOther: boolean): Promise<void> {
    const { records } = new Inside(this.tapped.stack).ports;
    const fabricId = isAtOther ? this.#otherFabricId : this.site.fabricId;
    await eventually(() => findMachine(records, fabricId, machineId));
  }

  /** Every disk that lies at a master target: replicas, and what was made of them. */
  keptDisks(): readonly string[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith('kept-') && name.endsWith('disk.raw'))
      .map((name) => join(this.folder, name));
  }

  async recovered(item: string, which: 'test' | 'real'): Promise<Recovery> {
    const { records } = new Inside(this.tapped.stack).ports;
    const found = await readItem(records, this.site.itemId(item));
    const recovery = found === undefined ? undefined : recoveriesOf(found)[which];
    if (recovery === undefined) throw new Error('nothing was recovered');
    return recovery;
  }

  async #serve(name: string, roles: readonly SiteRole[], fabricId: string): Promise<void> {
    const agent = await startSiteAgent({
      ...{
        url: this.tapped.url,
        stateFolder: join(this.folder, name),
        token: await this.site.tokenOf(fabricId),
      },
      ...{ name, hostId: name, roles, ...common, log: this.#log(name) },
    });
    this.#stopping.push(() => agent.stop());
  }

  #log(name: string): Parameters<typeof startSiteAgent>[0]['log'] {
    const note = (what: string, about?: object): void => {
      this.lines.push(`${name}: ${what} ${JSON.stringify(about ?? {})}`);
      hear({ from: name, line: this.lines.at(-1) ?? '' });
    };
    return { info: note, warn: note, error: note };
  }
}
