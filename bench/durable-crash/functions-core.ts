import Module from 'node:module';
import { type FunctionKind, type TypedData } from '../../local/durable';

/** As much of the Functions worker as durable functions need: enough to load an app and call it. */

interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, { readonly type: string }>>;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
}

interface ProgrammingModel {
  getInvocationModel(context: unknown): InvocationModel | Promise<InvocationModel>;
}

interface Registered {
  readonly metadata: FunctionMetadata;
  readonly callback: unknown;
}

export class FunctionsCore {
  readonly #functions = new Map<string, Registered>();
  #model: ProgrammingModel | undefined;
  #invocations = 0;

  /** From here on `@azure/functions` finds this instead of the real worker. */
  install(): void {
    const core = this.#api();
    const loader: { require: (this: unknown, id: string) => unknown } = Module.prototype;
    const original = loader.require;
    loader.require = function (id) {
      return id === '@azure/functions-core' ? core : original.call(this, id);
    };
  }

  names(kind: FunctionKind): string[] {
    const type = {
      orchestrator: 'orchestrationTrigger',
      activity: 'activityTrigger',
      entity: 'entityTrigger',
    }[kind];
    return [...this.#functions.values()]
      .filter(({ metadata }) => triggerOf(metadata).type === type)
      .map(({ metadata }) => metadata.name);
  }

  async invoke(name: string, data: TypedData): Promise<TypedData | null | undefined> {
    const found = this.#functions.get(name);
    if (found === undefined || this.#model === undefined) throw new Error(`no function '${name}'`);
    const invocationId = String(++this.#invocations);
    const request = {
      invocationId,
      functionId: name,
      inputData: [{ name: triggerOf(found.metadata).name, data }],
      triggerMetadata: {},
    };
    const context = {
      invocationId,
      metadata: found.metadata,
      request,
      state: 'invocation',
      log: () => undefined,
    };
    const model = await this.#model.getInvocationModel(context);
    const { context: invocation, inputs } = await model.getArguments();
    const result = await model.invokeFunction(invocation, inputs, found.callback);
    return (await model.getResponse(invocation, result)).returnValue;
  }

  #api(): object {
    class Disposable {
      dispose(): void {
        // Nothing that was registered is ever taken back.
      }
    }
    return {
      version: '1.0.0',
      hostVersion: '4.0.0',
      Disposable,
      setProgrammingModel: (model: ProgrammingModel) => void (this.#model = model),
      getProgrammingModel: () => this.#model,
      registerFunction: (metadata: FunctionMetadata, callback: unknown) => {
        this.#functions.set(metadata.name, { metadata, callback });
        return new Disposable();
      },
      registerHook: () => new Disposable(),
      log: () => undefined,
    };
  }
}

function triggerOf({ bindings }: FunctionMetadata): { name: string; type: string } {
  const trigger = Object.entries(bindings).find(([, { type }]) => type.toLowerCase().endsWith('trigger'));
  return { name: trigger?.[0] ?? '', type: trigger?.[1].type ?? '' };
}
