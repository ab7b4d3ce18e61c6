import { z } from 'zod';
import type { DesiredTask } from '../../../shared/contracts/agent/desired';
import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import type { Clock } from '../../../shared/ports/clock';
import type { Log } from '../../../shared/ports/log';
import { keepTrying } from '../../run/keep-trying';
import type { TaskHandler } from '../../run/tasks';
import { Wake } from '../../run/wake';
import type { SiteContext, SiteRole, Telling } from '../site-role';
import { type Hypervisor, NewMachine } from './hypervisor';

const usualDiscoverEveryInMs = 5 * 60_000;

const Named = z.looseObject({ machineId: z.string().min(1) });

export interface ProviderOptions {
  readonly hypervisor: Hypervisor;
  /** Finds machines that are not this hypervisor's own: every few minutes, and when it is asked to. */
  readonly discover?: (() => Promise<readonly ReportedMachine[]>) | undefined;
  readonly discoverEveryInMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Speaks for the machines of a host, or of a cloud of hosts: reports them, and starts, stops, makes and removes them when asked to. */
export class Provider implements SiteRole {
  readonly role = 'provider';
  readonly taskHandlers: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  readonly #options: ProviderOptions;
  #discovered: readonly ReportedMachine[] = [];

  constructor(options: ProviderOptions) {
    this.#options = options;
    const { hypervisor } = options;
    this.taskHandlers = {
      shutDownMachine: async (parameters) => {
        await hypervisor.shutDown(Named.parse(parameters).machineId);
        return {};
      },
      startMachine: async (parameters) => {
        const { machineId } = Named.parse(parameters);
        return { machineId, ...(await hypervisor.start(machineId)) };
      },
      createMachine: (parameters) => this.#create(parameters),
      deleteMachine: async (parameters) => {
        await hypervisor.delete(Named.parse(parameters).machineId);
        return {};
      },
      discover: async () => {
        await this.#discover();
        return { machineCount: this.#discovered.length };
      },
    };
  }

  async describe(): Promise<Telling> {
    const { hypervisor } = this.#options;
    const [own, networks] = await Promise.all([hypervisor.machines(), hypervisor.networks()]);
    const known = new Set(own.map(({ machineId }) => machineId));
    const machines = [...own, ...this.#discovered.filter(({ machineId }) => !known.has(machineId))];
    const hosted = machines.map((machine) => ({ ...machine, isHosted: true }));
    return { report: { machines: hosted, networks }, accepted: () => undefined };
  }

  async run({ tell }: SiteContext, signal: AbortSignal): Promise<void> {
    const { clock, log, discoverEveryInMs = usualDiscoverEveryInMs } = this.#options;
    await keepTrying({
      ...{ name: 'discovering machines', clock, log, signal, wake: new Wake() },
      restInMs: () => discoverEveryInMs,
      round: async () => {
        if (await this.#discover()) tell();
      },
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A machine whose disks are there is made on them; one that is known by its id alone was here before, and is started. */
  async #create(parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { hypervisor } = this.#options;
    const { machineId } = Named.parse(parameters);
    if (parameters['disks'] === undefined) {
      return { machineId, ...(await hypervisor.start(machineId)) };
    }
    return { machineId, ...(await hypervisor.create(NewMachine.parse(parameters))) };
  }

  /** True where something is not as it was. */
  async #discover(): Promise<boolean> {
    const found = (await this.#options.discover?.()) ?? [];
    const isNews = JSON.stringify(found) !== JSON.stringify(this.#discovered);
    this.#discovered = found;
    return isNews;
  }
}
