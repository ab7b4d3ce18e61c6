import { describeAppError, messageOf } from '../host-error';
import { type LogSink } from '../log/logger';
import { type FunctionApp } from './function-app';
import { type RegisteredFunction } from './function-registry';
import {
  type CoreContext,
  type InvocationResponse,
  type RetryContext,
  type TraceContext,
  type TypedData,
} from './core-types';
import { toLogLevel } from './log-level';

export interface Invocation {
  /** Why it runs, shown in the log: `Timer fired at ...`. */
  readonly reason: string;
  /** Extra line under "Executing", such as the message's ids. */
  readonly triggerDetails?: string;
  readonly data: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly traceContext?: TraceContext;
  readonly retryContext?: RetryContext;
}

/** Runs one function once. Rejects with what the function threw. */
export type Invoke = (registered: RegisteredFunction, invocation: Invocation) => Promise<InvocationResponse>;

export interface InvokerOptions {
  readonly app: FunctionApp;
  readonly log: LogSink;
  readonly newId: () => string;
  readonly now: () => number;
  /** Data for the other in-bindings of a function, such as the durable client. */
  readonly extraInput: (type: string, binding: Readonly<Record<string, unknown>>) => TypedData;
  readonly deadline: Deadline;
}

/** Watches one run; called back when it is over. */
export interface Deadline {
  start(functionName: string, invocationId: string): () => void;
}

/** Invocations, with the log lines and hooks around them. Knows how many are running. */
export class Invoker {
  readonly #options: InvokerOptions;
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Resolves when nothing runs. */
  async whenIdle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  readonly invoke: Invoke = async (registered, invocation) => {
    const { log, newId, now, deadline } = this.#options;
    const invocationId = newId();
    const category = `Function.${registered.name}`;
    const startedAt = now();
    const stopWatching = deadline.start(registered.name, invocationId);
    this.#running++;
    log('information', category, executing(registered.name, invocationId, invocation));
    const ended = (outcome: string): string =>
      `Executed 'Functions.${registered.name}' (${outcome}, Id=${invocationId}, Duration=${Math.round(now() - startedAt)}ms)`;
    try {
      const response = await this.#run(registered, invocation, invocationId);
      log('information', category, ended('Succeeded'));
      return response;
    } catch (error) {
      log('error', category, `${ended('Failed')}\n${describeAppError(error)}`);
      throw error;
    } finally {
      stopWatching();
      this.#running--;
      if (this.#running === 0) this.#idle.splice(0).forEach((resolve) => resolve());
    }
  };

  async #run(
    registered: RegisteredFunction,
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationResponse> {
    const { app } = this.#options;
    const core = this.#coreContext(registered, invocation, invocationId);
    const model = app.model.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    const hooked = {
      hookData: {},
      appHookData: app.appHookData,
      invocationContext: context,
      inputs,
      functionCallback: registered.callback,
    };
    core.state = 'preInvocationHooks';
    await app.hooks.run('preInvocation', hooked);
    core.state = 'invocation';
    const outcome: { result: unknown; error: unknown } = { result: undefined, error: undefined };
    try {
      outcome.result = await model.invokeFunction(context, hooked.inputs, hooked.functionCallback);
    } catch (error) {
      outcome.error = error;
    }
    core.state = 'postInvocationHooks';
    const after = Object.assign(hooked, outcome);
    await app.hooks.run('postInvocation', after);
    // As in the real worker: "no error" is null or undefined, whatever was thrown.
    if (after.error !== null && after.error !== undefined) throw asError(after.error);
    return await model.getResponse(context, after.result);
  }

  #coreContext(registered: RegisteredFunction, invocation: Invocation, invocationId: string): CoreContext {
    return {
      invocationId,
      metadata: registered.metadata,
      request: {
        invocationId,
        functionId: registered.metadata.functionId ?? registered.name,
        inputData: this.#inputData(registered, invocation.data),
        triggerMetadata: invocation.triggerMetadata ?? {},
        ...(invocation.traceContext === undefined ? {} : { traceContext: invocation.traceContext }),
        ...(invocation.retryContext === undefined ? {} : { retryContext: invocation.retryContext }),
      },
      log: (level, category, message) =>
        this.#userLog(registered.name, { level, category, message, invocationId }),
    };
  }

  #inputData(registered: RegisteredFunction, data: TypedData): { name: string; data: TypedData }[] {
    const inputData = [{ name: registered.trigger.name, data }];
    for (const [name, binding] of Object.entries(registered.metadata.bindings)) {
      if (binding.direction !== 'in' || name === registered.trigger.name) continue;
      inputData.push({ name, data: this.#options.extraInput(binding.type, binding) });
    }
    return inputData;
  }

  #userLog(
    functionName: string,
    line: { level: string; category: string; message: string; invocationId: string },
  ): void {
    const { app, log } = this.#options;
    const hooked: Record<string, unknown> = { ...line, hookData: {}, appHookData: app.appHookData };
    if (app.hooks.has('log')) runQuietly(() => app.hooks.runLog(hooked), log);
    const suffix = line.category === 'user' ? '.User' : '';
    log(toLogLevel(String(hooked['level'])), `Function.${functionName}${suffix}`, String(hooked['message']));
  }
}

function executing(name: string, id: string, { reason, triggerDetails }: Invocation): string {
  const details = triggerDetails === undefined ? '' : `\nTrigger Details: ${triggerDetails}`;
  return `Executing 'Functions.${name}' (Reason='${reason}', Id=${id})${details}`;
}

function runQuietly(run: () => void, log: LogSink): void {
  try {
    run();
  } catch (error) {
    log('warning', 'Worker', `A log hook threw: ${messageOf(error)}`);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
