import { CommanderError } from 'commander';
import { explainError } from './explain-error';
import { type ExitCode, exitCodes, type Failure } from './failure';
import { lifeboatProgram } from './program';
import type { Surroundings } from './surroundings';

/** One call of the command line, from its words to its exit code. */
export async function run(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  const program = lifeboatProgram(around);
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    // Help is no failure, though commander ends by throwing it; it has also said what was wrong with the words.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (around.interrupted.aborted) return interruptedBy(error, around);
    const failure = explainError(error, around.environment);
    say(failure, around);
    return failure.exitCode;
  }
}

function interruptedBy(error: unknown, around: Surroundings): ExitCode {
  const failure = explainError(error);
  if (failure.exitCode === exitCodes.interrupted && failure.action !== undefined) say(failure, around);
  return exitCodes.interrupted;
}

/** What happened, why, and what to do next: a line each, and only those that are known. */
function say({ message, causes, action, requestId }: Failure, around: Surroundings): void {
  const lines = [
    `lifeboat: ${message}`,
    ...(causes === undefined || causes === '' ? [] : [`  cause: ${causes}`]),
    ...(action === undefined || action === '' ? [] : [`  next:  ${action}`]),
    ...(requestId === undefined ? [] : [`  request id: ${requestId}`]),
  ];
  // What the service says is not let loose on a terminal.
  const plain = lines.map((line) => line.replaceAll(/\p{Cc}/gu, ' '));
  around.note(`${plain.join('\n')}\n`);
}
