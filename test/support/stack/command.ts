import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { usualPorts, type PortName, type Ports } from '../../../local/cloud';

/** A run of a command, heard line by line. */
export interface Command {
  readonly output: () => string;
  /** Resolves with the output when it matches, or when the command has ended without. */
  readonly says: (pattern: RegExp) => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs a compiled program with node. */
export function command(file: string, ...words: readonly string[]): Command {
  const child = spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let hasEnded = false;
  const ended = once(child, 'close').then(([code]) => {
    hasEnded = true;
    return code as number | null;
  });
  const says = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(output) && !hasEnded) {
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
    }
    return output;
  };
  return { output: () => output, says, signal: (signal) => void child.kill(signal), ended };
}

/** The words that put `npm start` on these ports. */
export function portWords(ports: Ports): string[] {
  return (Object.keys(usualPorts) as PortName[]).flatMap((name) => ['--port', `${name}=${ports[name]}`]);
}
