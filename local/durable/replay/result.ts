import { z } from 'zod';
import { type TypedData } from '../contract';
import { Action } from './actions';
import { type FailureDetails } from './history';

/** What one run of an orchestrator came to. */
export const OrchestratorResult = z.looseObject({
  isDone: z.boolean(),
  actions: z.array(z.array(Action)),
  output: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  error: z.string().optional(),
});
export type OrchestratorResult = z.infer<typeof OrchestratorResult>;

/** How the SDK sends its actions along with an orchestrator's error. */
const failureLabel = '\n\n$OutOfProcData$:';

export function resultFrom(data: TypedData | null | undefined): OrchestratorResult {
  return OrchestratorResult.parse(JSON.parse(jsonOf(data)));
}

/** An orchestrator that threw still says what it asked for before, unless it was the function itself that failed. */
export function resultFromError(error: unknown): OrchestratorResult {
  const message = errorMessage(error);
  const labelAt = message.lastIndexOf(failureLabel);
  if (labelAt === -1) return { isDone: false, actions: [], error: message };
  try {
    const state = OrchestratorResult.parse(JSON.parse(message.slice(labelAt + failureLabel.length)));
    return { ...state, error: state.error ?? message.slice(0, labelAt) };
  } catch {
    return { isDone: false, actions: [], error: message.slice(0, labelAt) };
  }
}

/** A function's result as JSON text: `null` where there is none. */
export function jsonOf(data: TypedData | null | undefined): string {
  if (data === null || data === undefined) return 'null';
  if (data.string !== undefined) return JSON.stringify(data.string);
  if (data.json !== undefined) return data.json;
  if (data.int !== undefined) return String(data.int);
  if (data.double !== undefined) return String(data.double);
  if (data.bytes !== undefined) return JSON.stringify(Buffer.from(data.bytes).toString('base64'));
  return 'null';
}

/** The trigger payload made from an activity's input. A string was encoded once more by the SDK. */
export function dataOf(input: string | null): TypedData {
  if (input === null) return {};
  const value: unknown = JSON.parse(input);
  return typeof value === 'string' ? { string: value } : { json: input };
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface Failure {
  readonly Reason: string;
  readonly Details: string;
  readonly FailureDetails?: FailureDetails;
}

const SerializedFailure = z.looseObject({
  errorType: z.string(),
  errorMessage: z.string(),
  stackTrace: z.string().optional(),
  isNonRetriable: z.boolean().optional(),
  properties: z.unknown().optional(),
});

/** With an exception properties provider, the SDK makes the error's message JSON. */
export function failureOf(activity: string, error: unknown): Failure {
  const message = errorMessage(error);
  const details = error instanceof Error && error.stack !== undefined ? error.stack : message;
  const serialized = SerializedFailure.safeParse(parsed(message)).data;
  if (serialized === undefined) {
    return { Reason: `Activity function '${activity}' failed: ${message}`, Details: details };
  }
  return {
    Reason: `Activity function '${activity}' failed: ${serialized.errorMessage}`,
    Details: serialized.stackTrace ?? serialized.errorMessage,
    FailureDetails: {
      ErrorType: serialized.errorType,
      ErrorMessage: serialized.errorMessage,
      StackTrace: serialized.stackTrace,
      IsNonRetriable: serialized.isNonRetriable ?? false,
      Properties: serialized.properties,
    },
  };
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
