import { z } from 'zod';
import type { DesiredTask } from '../../../shared/contracts/agent/desired';
import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import type { TaskHandler } from '../../run/tasks';
import type { SiteContext, SiteRole, Telling } from '../site-role';
import { type Hypervisor, NewMachine } from './hypervisor';

const Named = z.looseObject({ machineId: z.string().min(1) });

export interface ProviderOptions {
  readonly hypervisor: Hypervisor;
  /** Finds machines that are not this hypervisor's own, when it is asked to. */
  readonly discover?:
    ((parameters: Record<string, unknown>) => Promise<readonly ReportedMachine[]>) | undefined;
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
      ...(options.discover === undefined ? {} : { discover: (parameters) => this.#discover(parameters) }),
    };
  }

  async describe(): Promise<Telling> {
    const { hypervisor } = this.#options;
    const [own, networks] = await Promise.all([hypervisor.machines(), hypervisor.networks()]);
    const known = new Set(own.map(({ machineId }) => machineId));
    const machines = [...own, ...this.#discovered.filter(({ machineId }) => !known.has(machineId))];
    return { report: { machines, networks }, accepted: () => undefined };
  }

  run(_context: SiteContext, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
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

  async #discover(parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.#discovered = (await this.#options.discover?.(parameters)) ?? [];
    return { machineCount: this.#discovered.length };
  }
}
