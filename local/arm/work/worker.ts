import { findOperation, putOperation, unfinished, type Operation } from '../data/operations';
import { keyOf, type Resource } from '../data/resource';
import { findResource, listResources, putResource } from '../data/resources';
import { Failure } from '../failure';
import { machineInner, machineType } from '../kinds/machine-properties';
import type { Cloud } from './cloud';
import type { Fault } from './faults';
import { makeDisk } from './make-disk';
import { bootMachine, settlePower, run } from './run-machine';
import { removeGroup, removeResource } from './remove';

/** Runs accepted operations, those on one resource one after the other, and takes up what a crash left. */
export class Worker {
  readonly #last = new Map<string, Promise<void>>();
  readonly #doomed = new Map<string, Fault>();

  constructor(
    private readonly cloud: Cloud,
    private readonly die: () => void,
  ) {}

  /** Goes on with everything that was under way, and starts every machine that is meant to run. */
  async resume(): Promise<void> {
    const { store } = this.cloud;
    const { operations, machines } = store.read((database) => ({
      operations: unfinished(database),
      machines: listResources(database, '/subscriptions', machineType),
    }));
    for (const operation of operations) this.begin(operation);
    const idle = machines.filter(
      ({ id }) => !operations.some(({ resourceId }) => keyOf(resourceId) === keyOf(id)),
    );
    for (const machine of idle) {
      if (machineInner(machine).power !== 'running') continue;
      await run(this.cloud, machine).catch((error: unknown) => {
        console.error(`arm: ${machine.id} did not start again`, error);
      });
    }
  }

  begin(operation: Operation, fault?: Fault): void {
    if (fault !== undefined) this.#doomed.set(operation.id, fault);
    const key = keyOf(operation.resourceId);
    const before = this.#last.get(key) ?? Promise.resolve();
    const done = before.then(() => this.#run(operation));
    this.#last.set(key, done);
    void done.finally(() => this.#last.get(key) === done && this.#last.delete(key));
  }

  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }

  /** Resolves when the operation has ended, however it did. */
  async ended(operation: Operation): Promise<Operation> {
    await this.#last.get(keyOf(operation.resourceId));
    return this.cloud.store.read((database) => findOperation(database, operation.id)) ?? operation;
  }

  async #run(operation: Operation): Promise<void> {
    const fault = this.#doomed.get(operation.id);
    this.#doomed.delete(operation.id);
    try {
      if (fault?.kind === 'fail') throw new Failure(fault.status, fault.code, fault.message);
      if (fault?.kind === 'die') this.die();
      await this.#perform(operation);
      await this.#end(operation, 'Succeeded');
    } catch (error) {
      if (!(error instanceof Failure))
        console.error(`arm: ${operation.verb} ${operation.resourceId} failed`, error);
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Failure ? error.code : 'InternalOperationError';
      await this.#end(operation, 'Failed', { code, message }).catch(() => undefined);
    }
  }

  async #perform({ verb, resourceId }: Operation): Promise<void> {
    const resource = this.cloud.store.read((database) => findResource(database, resourceId));
    if (resource === undefined) return;
    if (verb === 'delete')
      return resource.type.endsWith('resourceGroups')
        ? removeGroup(this.cloud, resource)
        : removeResource(this.cloud, resource);
    if (verb === 'create')
      return resource.type === machineType
        ? bootMachine(this.cloud, resource)
        : makeDisk(this.cloud, resource);
    return settlePower(this.cloud, resource, verb);
  }

  async #end(
    operation: Operation,
    status: 'Succeeded' | 'Failed',
    error?: Operation['error'],
  ): Promise<void> {
    const endTime = new Date(this.cloud.clock.now()).toISOString();
    await this.cloud.store.write((database) => {
      putOperation(database, { ...operation, status, endTime, ...(error && { error }) });
      const resource = findResource(database, operation.resourceId);
      if (resource !== undefined) putResource(database, provisioned(resource, status));
    });
  }
}

export function provisioned(resource: Resource, provisioningState: string): Resource {
  return { ...resource, properties: { ...resource.properties, provisioningState } };
}
