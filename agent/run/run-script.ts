import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../system/message-of';
import type { TaskHandler } from './tasks';

const Parameters = z.object({ path: z.string().min(1).max(1000) });

const timeoutInMs = 10 * 60_000;
const outputLimitCharacters = 1000;

/**
 * The task that runs a script of a recovery plan. Only what the owner of the machine has put into a folder for this is run:
 * the service can name a script, it cannot bring one. An agent that dies before it has reported runs it again, so the
 * script is told the task's id, as its argument.
 */
export function runScript(folder: string | undefined): TaskHandler {
  return async (parameters, taskId, signal) => {
    const { path } = Parameters.parse(parameters);
    if (folder === undefined)
      throw new Error('this agent runs no scripts: start it with --scripts and a folder');
    return { output: await run(insideOf(folder, path), taskId, signal) };
  };
}

function insideOf(folder: string, path: string): string {
  const root = realpathSync(folder);
  let script: string;
  try {
    script = realpathSync(resolve(root, path));
  } catch (error) {
    throw new Error(`there is no script ${path} in the folder for scripts`, { cause: error });
  }
  if (script.startsWith(`${root}${sep}`)) return script;
  throw new Error(`${path} does not lie in the folder for scripts`);
}

function run(script: string, taskId: string, signal: AbortSignal): Promise<string> {
  return new Promise((done, fail) => {
    const options = { signal, timeout: timeoutInMs, killSignal: 'SIGKILL' } as const;
    const child = execFile(script, [taskId], options, (error, stdout, stderr) => {
      if (error === null) return done(stdout.slice(-outputLimitCharacters));
      const why =
        error.killed === true ? 'took too long' : stderr.slice(-outputLimitCharacters) || messageOf(error);
      fail(new Error(`${script}: ${why}`));
    });
    child.stdin?.end();
  });
}
