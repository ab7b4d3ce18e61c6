import { spawn } from 'node:child_process';

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly input?: string | Uint8Array | undefined;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end. Rejects only if it could not be started. */
export type RunCommand = (command: Command) => Promise<CommandEnd>;

const outputLimitBytes = 32 * 1024 * 1024;

/** Runs programs of this machine, without a shell between. */
export const runCommand: RunCommand = ({ program, arguments: given, input }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, given, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [output, errors] = [collected(child.stdout), collected(child.stderr)];
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? -1, output: output(), errors: errors() }));
    // A program that reads nothing closes its input before all was written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });

/** The output of a program that must succeed. */
export async function outputOf(run: RunCommand, command: Command): Promise<string> {
  const { exitCode, output, errors } = await run(command);
  if (exitCode === 0) return output;
  throw new Error(`${command.program} ended with ${exitCode}: ${errors.trim().slice(0, 1000)}`);
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    lengthBytes += chunk.byteLength;
    if (lengthBytes <= outputLimitBytes) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
