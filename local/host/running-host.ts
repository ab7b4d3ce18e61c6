import { randomBytes, randomUUID } from 'node:crypto';
import { type Store } from '../store';
import { bounded } from './bus/bounded';
import { BusClients } from './bus/bus-clients';
import { busListener } from './bus/bus-listener';
import { httpGate, openGate } from './bus/settle-gate';
import { type Clock } from './clock';
import { type HostConfiguration } from './config/host-file';
import { type KeyStore, openKeyStore } from './config/key-store';
import { type Settings, substitute } from './config/settings';
import { type TypedData } from './core/core-types';
import { type FunctionApp } from './core/function-app';
import { Invoker } from './core/invoker';
import { runDeadline } from './core/run-deadline';
import { DurableBinding, durableKind } from './durable/durable-binding';
import { type FunctionSummary, type Host, type HostOptions } from './host-options';
import { type Handler } from './http/exchange';
import { httpFunctions } from './http/http-functions';
import { type Listeners } from './listen-all';
import { type LogSink } from './log/logger';
import { type Plan, planFunctions } from './plan-functions';
import { summarize } from './function-summary';
import { storedScheduleStatuses } from './timer/schedule-status';
import { TimerListener } from './timer/timer-listener';
import { adminWebhook } from './webhooks/admin-webhook';
import { dispatch } from './webhooks/dispatch';
import { eventGridWebhook } from './webhooks/event-grid-webhook';

/** What is there before the functions run. */
export interface HostParts {
  readonly options: HostOptions;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly configuration: HostConfiguration;
  readonly log: LogSink;
  readonly store: Store;
  readonly listeners: Listeners;
  readonly app: FunctionApp;
}

const defaultDrainTimeoutInMs = 30_000;

const settings: Settings = (name) => process.env[name];
const newKey = (): string => randomBytes(32).toString('base64url');

/** A host whose app is loaded: its functions, wired to what triggers them. */
export class RunningHost implements Host {
  readonly #parts: HostParts;
  readonly #invoker: Invoker;
  readonly #busClients = new BusClients();
  readonly #keyStore: KeyStore;
  readonly #plan: Plan;
  #durable: DurableBinding | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(parts: HostParts) {
    this.#parts = parts;
    this.#invoker = new Invoker({
      app: parts.app,
      log: parts.log,
      newId: randomUUID,
      now: () => parts.clock.now(),
      extraInput: () => this.#durable?.clientData() ?? {},
      deadline: runDeadline({
        clock: parts.clock,
        timeoutInMs: parts.configuration.functionTimeoutInMs,
        exceeded: (sentence) => {
          parts.log('critical', 'Host.Results', sentence);
          parts.options.onFatal?.(sentence);
        },
      }),
    });
    this.#plan = this.#makePlan();
    const names = this.#plan.active.map(({ name }) => name);
    this.#keyStore = openKeyStore(parts.dataFolder, names, newKey);
  }

  static async start(parts: HostParts): Promise<RunningHost> {
    const host = new RunningHost(parts);
    await host.#start();
    return host;
  }

  get port(): number {
    return this.#parts.listeners.port;
  }

  get httpsPort(): number | undefined {
    return this.#parts.listeners.httpsPort;
  }

  get functions(): readonly FunctionSummary[] {
    return summarize(this.#plan, `http://127.0.0.1:${this.port}`);
  }

  get inError(): Plan['inError'] {
    return this.#plan.inError;
  }

  get handler(): Handler {
    const { app, options } = this.#parts;
    const { invoke } = this.#invoker;
    const keyStore = this.#keyStore;
    const registry = { find: (name: string) => this.#find(name) };
    return dispatch({
      functions: httpFunctions({
        routes: this.#plan.routes,
        keyStore,
        ignoreKeys: options.ignoreKeys ?? false,
        invoke,
      }),
      admin: adminWebhook({
        registry: app.registry,
        keyStore,
        status: () => ({ id: 'local', state: 'Running', functions: this.functions, errors: this.inError }),
        runByHand: (name, input) => this.#runByHand(name, input),
      }),
      eventGrid: eventGridWebhook({ registry, keyStore, invoke }),
      durable: this.#durable?.publicWebhook,
      durableInner: this.#durable?.innerWebhook,
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #makePlan(): Plan {
    const { app, configuration, clock, log, store, options } = this.#parts;
    const { invoke } = this.#invoker;
    const gate = options.beforeSettleUrl === undefined ? openGate : httpGate(options.beforeSettleUrl);
    const statuses = storedScheduleStatuses(store);
    const { serviceBus, routePrefix } = configuration;
    const clients = this.#busClients;
    return planFunctions({
      registry: app.registry,
      settings,
      routePrefix: substitute(routePrefix, settings, 'host.json: extensions.http.routePrefix'),
      timer: (registered) => new TimerListener({ registered, settings, invoke, clock, statuses }),
      serviceBus: (registered) =>
        busListener({ registered, settings, serviceBus, clients, invoke, gate, clock, log }),
    });
  }

  async #start(): Promise<void> {
    const { configuration, dataFolder, log } = this.#parts;
    for (const { name, reason } of this.#plan.inError) {
      log('error', 'Host.Startup', `The '${name}' function is in error: ${reason}`);
    }
    const { durableTask } = configuration;
    this.#durable = await DurableBinding.open({
      functions: this.#plan.active,
      dataFolder,
      hubName: substitute(durableTask.hubName, settings, 'host.json: extensions.durableTask.hubName'),
      settings: durableTask,
      keyStore: this.#keyStore,
      invoke: this.#invoker.invoke,
      log,
      token: newKey(),
      innerOrigin: `http://127.0.0.1:${this.port}`,
    });
    this.#durable?.start();
    for (const listener of this.#plan.listeners) listener.start();
  }

  #find(name: string): Plan['active'][number] | undefined {
    const found = this.#parts.app.registry.find(name);
    return found !== undefined && this.#plan.active.includes(found) ? found : undefined;
  }

  #runByHand(name: string, data: TypedData): boolean {
    const registered = this.#find(name);
    if (registered === undefined || durableKind(registered) !== undefined) return false;
    const type = registered.trigger.type.toLowerCase();
    if (type === 'httptrigger') return false;
    const timerInfo = { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false };
    const reason = 'This function was programmatically called via the host APIs.';
    const input = type === 'timertrigger' ? { json: JSON.stringify(timerInfo) } : data;
    // The outcome is in the log; the caller only learns that it was started.
    void this.#invoker.invoke(registered, { reason, data: input }).catch(() => undefined);
    return true;
  }

  /** First whatever brings work, then the work itself, then what the work needs. */
  async #stop(): Promise<void> {
    const { options, clock, listeners, app, store, log } = this.#parts;
    const limitInMs = options.drainTimeoutInMs ?? defaultDrainTimeoutInMs;
    log('information', 'Host.Shutdown', 'Stopping: waiting for running functions to end.');
    await bounded(
      Promise.allSettled(this.#plan.listeners.map((listener) => listener.stop())),
      clock,
      limitInMs,
    );
    await this.#durable?.stop(limitInMs);
    await listeners.close(limitInMs);
    await bounded(this.#invoker.whenIdle(), clock, limitInMs);
    await this.#busClients.close();
    await app.terminate().catch((error: unknown) => {
      log('error', 'Host.Shutdown', `An appTerminate hook failed: ${String(error)}`);
    });
    await store.close();
  }
}
