import { type OrchestrationHandler } from 'durable-functions';
import { Entity } from 'durable-functions/lib/src/entities/Entity';
import { Orchestrator } from 'durable-functions/lib/src/orchestrations/Orchestrator';
import { type FunctionKind, type TypedData } from '../../../local/durable';

/** Durable functions by name. They run in the real SDK, called as the Functions library would call it. */
export interface DurableApp {
  readonly orchestrators?: Readonly<Record<string, OrchestrationHandler>>;
  readonly activities?: Readonly<Record<string, (input: never) => unknown>>;
  readonly entities?: Readonly<Record<string, unknown>>;
}

/** Runs one function of the app with a trigger payload, as the Functions host does. */
export async function invokeThroughSdk(
  app: DurableApp,
  { kind, name, data }: { kind: FunctionKind; name: string; data: TypedData },
): Promise<TypedData | null | undefined> {
  const input = valueOf(data);
  const context = {};
  if (kind === 'orchestrator')
    return dataOf(await new Orchestrator(found(app.orchestrators, name)).listen()(input, context));
  if (kind === 'entity') return dataOf(await new Entity(found(app.entities, name)).listen()(input, context));
  return dataOf(await found(app.activities, name)(input as never));
}

function found<T>(functions: Readonly<Record<string, T>> | undefined, name: string): T {
  const handler = functions?.[name];
  if (handler === undefined) throw new Error(`the app has no function '${name}'`);
  return handler;
}

/** As the Functions library reads trigger data: text is tried as JSON. */
function valueOf({ string, json }: TypedData): unknown {
  if (json !== undefined) return JSON.parse(json);
  if (string === undefined) return undefined;
  try {
    return JSON.parse(string);
  } catch {
    return string;
  }
}

/** As the Functions library writes results. */
function dataOf(value: unknown): TypedData | null | undefined {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { int: value } : { double: value };
  return { json: JSON.stringify(value) };
}
