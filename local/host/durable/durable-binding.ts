import path from 'node:path';
import { type TypedData } from '../core/core-types';
import { type RegisteredFunction } from '../core/function-registry';
import { type Invoke } from '../core/invoker';
import { HostError } from '../host-error';
import { type Exchange, type Handler, keyOf } from '../http/exchange';
import { type LogSink } from '../log/logger';
import { type HostConfiguration } from '../config/host-file';
import { type KeyStore } from '../config/key-store';
import { type DurableEngine } from '../../durable';

const kinds = {
  orchestrationtrigger: 'orchestrator',
  activitytrigger: 'activity',
  entitytrigger: 'entity',
} as const;

type Kind = (typeof kinds)[keyof typeof kinds];

const extension = 'durabletask_extension';

export interface DurableBindingOptions {
  /** All that may run, of every kind. */
  readonly functions: readonly RegisteredFunction[];
  readonly dataFolder: string;
  readonly hubName: string;
  readonly settings: HostConfiguration['durableTask'];
  readonly keyStore: KeyStore;
  readonly invoke: Invoke;
  readonly log: LogSink;
  /** Part of the inner address, so that it is no open door. */
  readonly token: string;
  /** `http://127.0.0.1:port` */
  readonly innerOrigin: string;
}

/** The Durable extension's place in the host: it runs the functions, serves the management API and fills `durableClient`. */
export class DurableBinding {
  private constructor(
    private readonly engine: DurableEngine,
    private readonly options: DurableBindingOptions,
  ) {}

  /** Undefined when the app has nothing durable. */
  static async open(options: DurableBindingOptions): Promise<DurableBinding | undefined> {
    const { functions, invoke, settings, log } = options;
    const names = namesByKind(functions);
    const usesClient = functions.some(({ metadata }) =>
      Object.values(metadata.bindings).some(isDurableClient),
    );
    if (!usesClient && Object.values(names).every((list) => list.length === 0)) return undefined;
    const { openDurableEngine } = await import('../../durable/index.js');
    const engine = await openDurableEngine({
      dataFolder: path.join(options.dataFolder, 'durable'),
      hubName: options.hubName,
      functions: { orchestrators: names.orchestrator, activities: names.activity, entities: names.entity },
      invoke: (kind, name, data) => invokeDurable(invoke, functions, { kind, name, data }),
      log: (level, message) =>
        log(level === 'info' ? 'information' : level, 'Host.Triggers.DurableTask', message),
      ...optional('maxConcurrentActivities', settings.maxConcurrentActivityFunctions),
      ...optional('maxConcurrentOrchestrators', settings.maxConcurrentOrchestratorFunctions),
    });
    return new DurableBinding(engine, options);
  }

  start(): void {
    this.engine.start();
  }

  async stop(timeoutInMs: number): Promise<void> {
    await this.engine.drain(timeoutInMs);
    await this.engine.close();
  }

  clientData(): TypedData {
    return { string: this.engine.clientBinding(this.#origin(this.options.innerOrigin)) };
  }

  /** `/runtime/webhooks/durabletask/...`, with the system key. */
  readonly publicWebhook: Handler = async (exchange) => {
    if (!this.options.keyStore.opensSystem(extension, keyOf(exchange))) return { status: 401 };
    return await this.#handle(exchange, exchange.segments.length > 3 ? 3 : exchange.segments.length);
  };

  /** `/durabletask/<token>/...`, what the client binding uses. */
  readonly innerWebhook: Handler = async (exchange) => {
    return exchange.segments[1] === this.options.token ? await this.#handle(exchange, 2) : undefined;
  };

  async #handle(exchange: Exchange, skippedSegments: number): ReturnType<Handler> {
    const { pathname, search } = new URL(exchange.url);
    const path = pathname
      .split('/')
      .slice(skippedSegments + 1)
      .join('/');
    const { method, headers } = exchange;
    const body = await exchange.body();
    return await this.engine.handle({
      method,
      path: `${path}${search}`,
      headers,
      body,
      origin: this.#origin(exchange.origin),
    });
  }

  #origin(publicOrigin: string): { publicBase: string; rpcBase: string; systemKey: string } {
    return {
      publicBase: `${publicOrigin}/runtime/webhooks/durabletask`,
      rpcBase: `${this.options.innerOrigin}/durabletask/${this.options.token}/`,
      systemKey: this.options.keyStore.systemKey(extension),
    };
  }
}

export function isDurableClient({ type }: { readonly type: string }): boolean {
  return /^(durableclient|orchestrationclient)$/i.test(type);
}

export function durableKind(registered: RegisteredFunction): Kind | undefined {
  const type = registered.trigger.type.toLowerCase();
  return Object.hasOwn(kinds, type) ? kinds[type as keyof typeof kinds] : undefined;
}

function namesByKind(functions: readonly RegisteredFunction[]): Record<Kind, string[]> {
  const names: Record<Kind, string[]> = { orchestrator: [], activity: [], entity: [] };
  for (const registered of functions) {
    const kind = durableKind(registered);
    if (kind !== undefined) names[kind].push(registered.name);
  }
  return names;
}

async function invokeDurable(
  invoke: Invoke,
  functions: readonly RegisteredFunction[],
  { kind, name, data }: { kind: Kind; name: string; data: TypedData },
): Promise<TypedData | null | undefined> {
  const registered = functions.find(
    (one) => one.name.toLowerCase() === name.toLowerCase() && durableKind(one) === kind,
  );
  if (registered === undefined) throw new HostError(`There is no ${kind} function named '${name}'.`);
  const response = await invoke(registered, { reason: '(null)', data });
  return response.returnValue;
}

function optional<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, number>);
}
