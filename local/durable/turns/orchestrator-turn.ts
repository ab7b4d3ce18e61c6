import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { receive } from '../replay/growth';
import { EventType, type HistoryEvent, historyEvent, isoTime } from '../replay/history';
import { isWaiting, type Plan, planFrom, unreadEvents } from '../replay/plan';
import { type OrchestratorResult, resultFrom, resultFromError } from '../replay/result';
import { type Changes } from '../state/changes';
import { type Memory, memoryOf, withText } from '../state/history-cache';
import { cancelTimer, type InboxRow, readInbox, take } from '../state/inbox';
import { appendHistory, findInstance, type InstanceRow, isFinal, readHistory } from '../state/instances';
import { checkFunctions, customStatusOf } from './checks';
import { endExecution } from './ending';
import { type Mail, sortMail } from './mail';
import { executionStarted, orchestratorPayload } from './orchestrator-payload';
import { failed, type Outcome, outcomeOf } from './outcome';
import { Work } from './work';

/** More than this waits for the next turn. */
const messagesPerTurn = 1000;

/** Lets an orchestration read its mail and go on as far as it can: one turn, one transaction. */
export async function runOrchestratorTurn(context: EngineContext, instanceId: string): Promise<void> {
  const { row, inbox } = context.store.read((database) => ({
    row: findInstance(database, instanceId),
    inbox: readInbox(database, instanceId, context.clock.now(), messagesPerTurn),
  }));
  if (inbox.length === 0) return;
  if (row === undefined || isFinal(row)) {
    await context.commit((database) => take(database, inbox));
    return;
  }
  const mail = sortMail(row, inbox, inbox.length === messagesPerTurn);
  if (mail.termination !== undefined) await terminate(context, row, mail.termination);
  else if (mail.isSuspended) await staySuspended(context, row, mail);
  else await new OrchestratorTurn(context, row, mail).run();
}

async function terminate(context: EngineContext, row: InstanceRow, termination: HistoryEvent): Promise<void> {
  const memory = recall(context, row);
  context.cache.forget(row.id);
  const outcome: Outcome = { status: 'Terminated', data: termination.Input ?? null };
  const nowMs = Math.max(context.clock.now(), memory.progress.nowMs);
  await context.commit((database, changes) => {
    endExecution(context, database, changes, { row, outcome, lockSet: memory.progress.lockSet, nowMs });
  });
}

async function staySuspended(
  context: EngineContext,
  row: InstanceRow,
  { controls, worthless }: Mail,
): Promise<void> {
  if (controls.length === 0 && worthless.length === 0) return;
  await context.commit((database) => {
    take(database, [...controls, ...worthless]);
    database.run(
      `UPDATE instance SET status = 'Suspended', updated = ? WHERE id = ?`,
      ...[context.clock.now(), row.id],
    );
  });
}

function recall(context: EngineContext, row: InstanceRow): Memory {
  const known = context.cache.take(row.id, row.execution);
  return (
    known ??
    memoryOf(
      row.execution,
      context.store.read((database) => readHistory(database, row.id)),
    )
  );
}

interface Decision {
  readonly scheduled: readonly HistoryEvent[];
  readonly cancelledTimers: readonly number[];
  readonly outcome?: Outcome | undefined;
  readonly customStatus?: string | undefined;
  readonly waits: readonly string[];
  /** Ends the instance whatever is still open. */
  readonly isAbrupt?: boolean;
}

const undecided = { scheduled: [], cancelledTimers: [], waits: [] };

class OrchestratorTurn {
  readonly #context: EngineContext;
  readonly #row: InstanceRow;
  readonly #mail: Mail;
  readonly #memory: Memory;
  readonly #nowMs: number;

  constructor(context: EngineContext, row: InstanceRow, mail: Mail) {
    this.#context = context;
    this.#row = row;
    this.#mail = mail;
    this.#memory = recall(context, row);
    this.#nowMs = Math.max(context.clock.now(), this.#memory.progress.nowMs);
  }

  async run(): Promise<void> {
    const { progress } = this.#memory;
    const past = this.#memory.text;
    const messages = this.#messagesForThisTurn();
    const beginning = progress.isStarted ? [] : executionStarted(this.#row, this.#nowMs);

    const started = historyEvent(EventType.OrchestratorStarted, this.#nowMs);
    progress.record(started);
    const alreadyRaised = progress.raised.length;
    const growth = receive(progress, [...beginning, ...messages.map(({ event }) => event)]);
    const fresh = [started, ...growth.received];

    const decision =
      growth.problem === undefined
        ? await this.#decide(past, fresh, progress.raised.slice(alreadyRaised))
        : this.#fail(growth.problem);
    for (const event of decision.scheduled) progress.record(event);
    const completed = historyEvent(EventType.OrchestratorCompleted, this.#nowMs, {
      Host: { cancelledTimers: decision.cancelledTimers },
    });
    progress.record(completed);

    const scheduled = [...growth.scheduled, ...decision.scheduled];
    await this.#commit({ messages, scheduled, decision, block: [...fresh, ...scheduled, completed] });
  }

  /**
   * An event that hands out ids by itself must be the first of its turn: what the orchestrator asks for meanwhile
   * comes after it, and only then is the order of ids the SDK's.
   */
  #messagesForThisTurn(): readonly InboxRow[] {
    const { events } = this.#mail;
    const { progress } = this.#memory;
    const end = events.findIndex(({ event }, index) => index > 0 && progress.isGrowing(event));
    return end === -1 ? events : events.slice(0, end);
  }

  async #decide(
    past: string,
    fresh: readonly HistoryEvent[],
    raised: readonly HistoryEvent[],
  ): Promise<Decision> {
    if (this.#row.outcome !== null) {
      const outcome = JSON.parse(this.#row.outcome) as Outcome;
      return { ...undecided, outcome: { ...outcome, unread: [...(outcome.unread ?? []), ...raised] } };
    }

    const name = this.#context.registered('orchestrator', this.#row.name);
    if (name === undefined) return this.#fail(`the function is not registered`);
    const payload = orchestratorPayload(this.#row, past, fresh);
    const result = await this.#context
      .invoke('orchestrator', name, { string: payload })
      .then(resultFrom)
      .catch(resultFromError);
    return this.#decisionFrom(result);
  }

  #decisionFrom(result: OrchestratorResult): Decision {
    let plan: Plan | { readonly problem: string };
    try {
      plan = planFrom(this.#memory.progress, result, {
        instanceId: this.#row.id,
        execution: this.#row.execution,
        nowMs: this.#nowMs,
      });
    } catch (error) {
      return this.#fail(error instanceof Error ? error.message : String(error));
    }
    if ('problem' in plan) return this.#fail(plan.problem);
    const status = customStatusOf(result);
    const problem = status.problem ?? checkFunctions(this.#context, plan.scheduled);
    if (problem !== undefined) return this.#fail(problem);

    const outcome = outcomeOf(this.#row.name, result, plan);
    const unread =
      outcome?.status === 'ContinuedAsNew' ? unreadEvents(this.#memory.progress, plan.waits) : [];
    return {
      ...plan,
      outcome: outcome === undefined ? undefined : { ...outcome, unread },
      customStatus: status.text,
    };
  }

  /** The orchestrator has failed, whatever it asked for in this turn. */
  #fail(problem: string): Decision {
    return { ...undecided, outcome: failed(this.#row.name, problem), isAbrupt: true };
  }

  async #commit(turn: {
    messages: readonly InboxRow[];
    scheduled: readonly HistoryEvent[];
    decision: Decision;
    block: readonly HistoryEvent[];
  }): Promise<void> {
    const { outcome, isAbrupt } = turn.decision;
    const isOver = outcome !== undefined && (isAbrupt === true || this.#memory.progress.open.size === 0);
    this.#context.crashPoint('turn:before-commit');
    await this.#context.commit((database, changes) => {
      this.#save(database, changes, turn);
      if (isOver) this.#end(database, changes, outcome);
    });
    this.#context.crashPoint('turn:after-commit');
    if (isOver) return;
    this.#context.cache.keep(this.#row.id, withText(this.#memory, turn.block));
    if (outcome === undefined) this.#warnIfStuck(turn.decision.waits);
  }

  #save(
    database: Database,
    changes: Changes,
    {
      messages,
      scheduled,
      decision,
      block,
    }: {
      messages: readonly InboxRow[];
      scheduled: readonly HistoryEvent[];
      decision: Decision;
      block: readonly HistoryEvent[];
    },
  ): void {
    const { id, execution } = this.#row;
    const { changes: touched } = database.run(
      `UPDATE instance SET status = 'Running', updated = ?, outcome = ?, carried = NULL,
         custom_status = coalesce(?, custom_status)
       WHERE id = ? AND execution = ? AND finished IS NULL`,
      ...[this.#nowMs, decision.outcome === undefined ? null : JSON.stringify(decision.outcome)],
      ...[decision.customStatus ?? null, id, execution],
    );
    if (touched === 0) throw new Error(`instance '${id}' changed while it took a turn`);

    appendHistory(database, id, block);
    const { controls, worthless, events } = this.#mail;
    take(database, [...controls, ...worthless, ...messages]);
    if (messages.length < events.length || this.#mail.isFull) changes.wake(id);
    const work = new Work(database, changes, this.#context);
    for (const event of scheduled) work.begin(this.#row, event);
    for (const timer of decision.cancelledTimers) cancelTimer(database, { instance: id, execution }, timer);
  }

  #end(database: Database, changes: Changes, outcome: Outcome): void {
    const { lockSet } = this.#memory.progress;
    endExecution(this.#context, database, changes, { row: this.#row, outcome, lockSet, nowMs: this.#nowMs });
  }

  #warnIfStuck(waits: readonly string[]): void {
    if (isWaiting(this.#memory.progress, waits)) return;
    this.#context.log(
      'error',
      `Orchestration '${this.#row.id}' (${this.#row.name}) is stuck since ${isoTime(this.#nowMs)}: it waits for a task ` +
        `that does not exist. Was a task yielded once more inside another Task.any or Task.all?`,
    );
  }
}
