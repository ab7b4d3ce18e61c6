/** Why the host refuses to start, or refuses one function: a sentence that names the file, key or function at fault. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The message with the stack where there is one, for the log. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? `${thrown.name}: ${thrown.message}`) : String(thrown);
}

/** As `describeThrown`, for the log: without the frames below the app's own code, which are always the same. */
export function describeAppError(thrown: unknown): string {
  const text = describeThrown(thrown);
  const orchestration = orchestrationError(text);
  if (orchestration !== undefined) return `Error: ${orchestration}`;
  const lines = text.split('\n');
  const end = lines.findIndex((line) => /^\s+at .*[\\/]@azure[\\/]functions[\\/]/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/** durable-functions throws a failed orchestration as its whole state, behind this label. */
function orchestrationError(text: string): string | undefined {
  const [, json] = text.split('$OutOfProcData$:');
  const error = json === undefined ? undefined : /"error":("(?:[^"\\]|\\.)*")/.exec(json)?.[1];
  const message: unknown = error === undefined ? undefined : JSON.parse(error);
  return typeof message === 'string' ? message.split('\n    at ')[0]?.trimEnd() : undefined;
}
