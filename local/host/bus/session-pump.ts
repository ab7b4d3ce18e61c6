import { type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';
import { type Listener } from '../listener';
import { receiveBatch } from './batch-pump';
import { acceptSession, closeQuietly, type PumpOptions } from './pump';

/** What the broker says when no session has messages: no trouble, ask again. */
const nothingToDo = ['ServiceTimeout', 'SessionCannotBeLocked'];

/** Sessions, several at a time; the messages of one in their order. Only one request for the next session is open at a time. */
export class SessionPump implements Listener {
  readonly #options: PumpOptions;
  readonly #stopping = new AbortController();
  readonly #sessions = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#acceptSessions();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.allSettled(this.#sessions);
  }

  async #acceptSessions(): Promise<void> {
    const { trigger, settings } = this.#options;
    // As in the real host, a batch function holds one session at a time.
    const most = trigger.isBatch ? 1 : settings.maxConcurrentSessions;
    while (!this.#stopping.signal.aborted) {
      const session = await this.#accept();
      if (session === undefined) continue;
      const work = this.#work(session).finally(() => this.#sessions.delete(work));
      this.#sessions.add(work);
      if (this.#sessions.size >= most) await Promise.race(this.#sessions);
    }
  }

  async #accept(): Promise<ServiceBusSessionReceiver | undefined> {
    const { outage } = this.#options;
    const { signal } = this.#stopping;
    try {
      const session = await this.#acceptUntilStopped();
      if (session === undefined) return undefined;
      outage.over();
      return session;
    } catch (error) {
      if (signal.aborted) return undefined;
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (nothingToDo.includes(code)) outage.over();
      else await outage.failed(error, signal);
      return undefined;
    }
  }

  /** The SDK hears of an abort only when its time is up; a session that comes after it is handed back. */
  async #acceptUntilStopped(): Promise<ServiceBusSessionReceiver | undefined> {
    const { signal } = this.#stopping;
    const accepted = acceptSession(this.#options, signal);
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const session = await Promise.race([accepted, aborted]);
    if (session === undefined) {
      void accepted.then((late) => closeQuietly(late, this.#options.clock)).catch(() => undefined);
    }
    return session;
  }

  async #work(session: ServiceBusSessionReceiver): Promise<void> {
    const { clock, settings } = this.#options;
    // The lock is renewed for so long only; leaving at half of it keeps the last message safe and lets others in.
    const leaveAtMs = clock.now() + settings.maxAutoLockRenewalDuration / 2;
    try {
      while (!this.#stopping.signal.aborted && clock.now() < leaveAtMs) {
        if (!(await this.#runNext(session))) break;
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#options.outage.report(error);
    } finally {
      await closeQuietly(session, clock);
    }
  }

  /** False when the session is over: nothing came in time, or a settlement got lost. */
  async #runNext(session: ServiceBusSessionReceiver): Promise<boolean> {
    const { runner, settings, clock, trigger } = this.#options;
    const { signal } = this.#stopping;
    if (trigger.isBatch) {
      const batch = await receiveBatch(session, {
        settings,
        clock,
        signal,
        idleWaitInMs: settings.sessionIdleTimeout,
      });
      return batch.length > 0 && (await runner.runBatch(batch, session));
    }
    const messages: readonly ServiceBusReceivedMessage[] = await session.receiveMessages(
      settings.maxConcurrentCallsPerSession,
      { maxWaitTimeInMs: settings.sessionIdleTimeout, abortSignal: signal },
    );
    const settled = await Promise.all(messages.map((message) => runner.runOne(message, session)));
    return messages.length > 0 && settled.every((isSettled) => isSettled);
  }
}
