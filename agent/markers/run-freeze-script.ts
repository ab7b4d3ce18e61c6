import { execFile } from 'node:child_process';

/** Runs before an application-consistent cut to freeze, and after it to let go. Killed when it takes too long. */
export function runFreezeScript(path: string, phase: 'freeze' | 'thaw', timeoutInMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(path, [phase], { timeout: timeoutInMs, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else
        reject(
          new Error(
            `${path} ${phase}: ${error.killed === true ? 'took too long' : stderr.slice(0, 300) || error.message}`,
          ),
        );
    });
  });
}
