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

/** As `describeThrown`, without the frames below the app's own code: what called the function is always the same. */
export function describeAppError(thrown: unknown): string {
  const lines = describeThrown(thrown).split('\n');
  const end = lines.findIndex((line) => /^\s+at .*[\\/]@azure[\\/]functions[\\/]/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}
