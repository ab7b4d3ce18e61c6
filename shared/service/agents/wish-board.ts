import { AgentWish } from '../../contracts/agents/agent-wish';
import { isRefusal } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Events } from '../../ports/events';
import type { Records } from '../../ports/records';
import { agentWishKey } from './agent-records';

export interface BoardPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly events: Events;
}

const firstLookInMs = 1_000;
const longestPauseInMs = 8_000;

/**
 * What is wanted of each agent, and who waits for it to change. A change made by this process is seen at once, one of
 * another instance within seconds: waiting costs a handful of reads.
 */
export class WishBoard {
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(private readonly ports: BoardPorts) {}

  /** What is wanted now; nothing, for an agent of which nothing was ever wanted. */
  async read(agentId: string): Promise<AgentWish> {
    const stored = await this.ports.records.get(agentWishKey(agentId));
    return stored === undefined ? { agentId, items: [], tasks: [] } : AgentWish.parse(stored.body);
  }

  /** Changes what is wanted, whoever else changes it meanwhile. Answering the same wish changes nothing. */
  async change(agentId: string, how: (wish: AgentWish) => AgentWish): Promise<AgentWish> {
    const { records } = this.ports;
    const key = agentWishKey(agentId);
    for (;;) {
      const stored = await records.get(key);
      const before: AgentWish =
        stored === undefined ? { agentId, items: [], tasks: [] } : AgentWish.parse(stored.body);
      // The order of fields is the schema's, whoever wrote them: what is the same looks the same.
      const after = AgentWish.parse(how(before));
      if (JSON.stringify(after) === JSON.stringify(before)) return before;
      try {
        if (stored === undefined) await records.create(key, after);
        else if (after.items.length + after.tasks.length === 0) await records.remove(key, stored.etag);
        else await records.replace(key, after, stored.etag);
      } catch (error) {
        if (isRefusal(error, 'PreconditionFailed', 'Conflict', 'NotFound')) continue;
        throw error;
      }
      await this.#tell(agentId);
      return after;
    }
  }

  /** Resolves when the wish may have changed, or after this time. */
  async wait(agentId: string, hasChanged: () => Promise<boolean>, waitInMs: number): Promise<void> {
    const { clock } = this.ports;
    const endInMs = clock.now() + waitInMs;
    for (let pauseInMs = firstLookInMs; clock.now() < endInMs; pauseInMs *= 2) {
      const stepInMs = Math.min(pauseInMs, longestPauseInMs, endInMs - clock.now());
      await this.#changeOrPause(agentId, stepInMs);
      if (await hasChanged()) return;
    }
  }

  async #changeOrPause(agentId: string, pauseInMs: number): Promise<void> {
    const stopped = new AbortController();
    const waiting = this.#waiting.get(agentId) ?? new Set<() => void>();
    this.#waiting.set(agentId, waiting);
    const wake = (): void => stopped.abort();
    waiting.add(wake);
    await this.ports.clock.sleep(pauseInMs, stopped.signal);
    waiting.delete(wake);
    if (waiting.size === 0) this.#waiting.delete(agentId);
  }

  async #tell(agentId: string): Promise<void> {
    for (const wake of this.#waiting.get(agentId) ?? []) wake();
    const timeInMs = this.ports.clock.now();
    await this.ports.events.publish({
      id: `desired-state-changed/${agentId}/${timeInMs}`,
      type: 'lifeboat.agent.desired-state.changed',
      subject: `agents/${agentId}`,
      timeInMs,
      data: { agentId },
    });
  }
}
