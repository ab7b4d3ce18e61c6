import { BrokerError } from '../broker-error';
import { type Clock } from '../clock';
import {
  type DeclaredEntities,
  type DeclaredQueue,
  type DeclaredSubscription,
  type DeclaredTopic,
} from '../entities';
import { type Store } from '../../store';
import { type Filter } from './filter';
import { Intake, type Outlet } from './intake';
import { MessageQueue, type QueueContext } from './message-queue';
import { claimQueue, queueOf } from './rows';
import { Rules } from './rules';
import { SequenceCounter } from './sequence-counter';
import { Sweeper } from './sweeper';

/** What an address stands for: somewhere to send, somewhere to receive from, or both. */
export interface Entity {
  readonly address: string;
  readonly intake: Intake | null;
  readonly queue: MessageQueue | null;
  readonly rules: Rules | null;
}

export interface NamespaceOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly entities: DeclaredEntities;
  readonly log: (message: string) => void;
}

/** Every queue, topic and subscription, by address. */
export class Namespace {
  readonly #context: QueueContext & { readonly sweeper: Sweeper };
  readonly #entities = new Map<string, Entity>();
  readonly #queues = new Map<number, MessageQueue>();
  readonly #intakes = new Map<number, Intake>();

  private constructor({ store, clock, log }: NamespaceOptions) {
    const context: QueueContext = { store, clock, log };
    const sweeper = new Sweeper(context, {
      activate: (ids) => this.#activate(ids),
      expire: async (queue, sequence) => this.#queues.get(queue)?.settlement.expire(sequence),
    });
    this.#context = { ...context, sweeper };
  }

  static async open(options: NamespaceOptions): Promise<Namespace> {
    const namespace = new Namespace(options);
    for (const queue of options.entities.queues) await namespace.#addQueue(queue);
    for (const topic of options.entities.topics) await namespace.#addTopic(topic);
    for (const queue of namespace.#queues.values()) queue.load();
    namespace.#context.sweeper.start();
    return namespace;
  }

  find(address: string): Entity {
    const entity = this.#entities.get(address.toLowerCase());
    if (entity !== undefined) return entity;
    throw new BrokerError('amqp:not-found', `The messaging entity '${address}' could not be found.`);
  }

  stop(): void {
    this.#context.sweeper.stop();
    for (const queue of this.#queues.values()) queue.stop();
  }

  async #addQueue(declared: DeclaredQueue): Promise<void> {
    const { queue, counter } = await this.#addReceiving(declared.name, declared);
    const outlets = [{ queue, counter }];
    const intake = new Intake(
      {
        address: declared.name,
        requiresSession: declared.requiresSession,
        defaultTtlInMs: declared.defaultMessageTimeToLive ?? null,
        duplicateWindowInMs: duplicateWindowOf(declared),
      },
      counter,
      () => outlets,
      this.#context,
    );
    this.#intakes.set(intake.number, intake);
    this.#entities.set(declared.name.toLowerCase(), { address: declared.name, intake, queue, rules: null });
  }

  async #addTopic(declared: DeclaredTopic): Promise<void> {
    const { number, nextSequence } = await this.#claim(declared.name);
    const subscriptions: (Outlet & { rules: Rules })[] = [];
    for (const subscription of declared.subscriptions) {
      subscriptions.push(await this.#addSubscription(declared.name, subscription));
    }
    const intake = new Intake(
      {
        address: declared.name,
        requiresSession: declared.subscriptions.some(({ requiresSession }) => requiresSession),
        defaultTtlInMs: declared.defaultMessageTimeToLive ?? null,
        duplicateWindowInMs: duplicateWindowOf(declared),
      },
      new SequenceCounter(number, nextSequence),
      (fields) => subscriptions.filter(({ rules }) => rules.isMatch(fields)),
      this.#context,
    );
    this.#intakes.set(number, intake);
    this.#entities.set(declared.name.toLowerCase(), {
      address: declared.name,
      intake,
      queue: null,
      rules: null,
    });
  }

  async #addSubscription(topic: string, declared: DeclaredSubscription): Promise<Outlet & { rules: Rules }> {
    const address = `${topic}/Subscriptions/${declared.name}`;
    const { queue, counter, isNew } = await this.#addReceiving(address, declared);
    const rules = new Rules(this.#context.store, queue.number);
    rules.load();
    if (isNew) for (const [name, filter] of firstRules(declared)) await rules.add(name, filter);
    this.#entities.set(address.toLowerCase(), { address, intake: null, queue, rules });
    return { queue, counter, rules };
  }

  async #addReceiving(
    address: string,
    declared: DeclaredQueue | DeclaredSubscription,
  ): Promise<Outlet & { isNew: boolean }> {
    const { number, nextSequence, isNew } = await this.#claim(address);
    const deadLetters = await this.#addDeadLetters(address, declared.lockDuration);
    const queue = new MessageQueue(
      {
        address,
        requiresSession: declared.requiresSession,
        lockDurationInMs: declared.lockDuration,
        maxDeliveryCount: declared.maxDeliveryCount,
        defaultTtlInMs: declared.defaultMessageTimeToLive ?? null,
        isDeadLetteringExpired: declared.deadLetteringOnMessageExpiration,
      },
      number,
      this.#context,
      deadLetters,
    );
    this.#queues.set(number, queue);
    return { queue, counter: new SequenceCounter(number, nextSequence), isNew };
  }

  async #addDeadLetters(parent: string, lockDurationInMs: number): Promise<MessageQueue> {
    const address = `${parent}/$DeadLetterQueue`;
    const { number } = await this.#claim(address);
    const settings = {
      address,
      requiresSession: false,
      lockDurationInMs,
      maxDeliveryCount: Infinity,
      defaultTtlInMs: null,
      isDeadLetteringExpired: false,
    };
    const queue = new MessageQueue(settings, number, this.#context, null);
    this.#queues.set(number, queue);
    this.#entities.set(address.toLowerCase(), { address, intake: null, queue, rules: null });
    return queue;
  }

  #claim(address: string): Promise<ReturnType<typeof claimQueue>> {
    return this.#context.store.write((database) => claimQueue(database, address.toLowerCase()));
  }

  async #activate(ids: readonly number[]): Promise<void> {
    const numbers = [...new Set(ids.map(queueOf))];
    await Promise.all(
      numbers.map(async (number) => {
        const own = ids.filter((id) => queueOf(id) === number);
        await this.#intakes.get(number)?.activate(own);
      }),
    );
  }
}

function duplicateWindowOf(declared: DeclaredQueue | DeclaredTopic): number | null {
  return declared.requiresDuplicateDetection ? declared.duplicateDetectionHistoryTimeWindow : null;
}

function firstRules({ rules }: DeclaredSubscription): [string, Filter][] {
  if (rules === undefined) return [['$Default', { kind: 'true' }]];
  return rules.map(({ name, correlationFilter }) => [
    name,
    { kind: 'correlation', correlation: correlationFilter },
  ]);
}
