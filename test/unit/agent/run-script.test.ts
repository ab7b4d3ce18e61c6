import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../../../agent/run/run-script';

let folder: string;
let scripts: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-scripts-'));
  scripts = join(folder, 'scripts');
  mkdirSync(scripts);
  write(join(scripts, 'good'), 'echo did $1');
  write(join(scripts, 'bad'), 'echo nothing to see; echo out of luck >&2; exit 3');
  write(join(folder, 'secret'), 'echo stolen');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, line: string): void =>
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
const never = new AbortController().signal;
const run = (path: unknown, where: string | undefined = scripts): Promise<Record<string, unknown>> =>
  Promise.resolve(runScript(where)({ path }, 'task-7', never));

describe('a script of a recovery plan', () => {
  it('runs from the folder that is there for it, and is told which task it is', async () => {
    expect(await run('good')).toEqual({ output: 'did task-7\n' });
    expect(await run(join(scripts, 'good'))).toEqual({ output: 'did task-7\n' });
  });

  it('that fails says why', async () => {
    await expect(run('bad')).rejects.toThrow('out of luck');
  });

  it('is not run from anywhere else, by whatever name, nor by an agent without such a folder', async () => {
    symlinkSync(join(folder, 'secret'), join(scripts, 'link'));
    for (const path of ['../secret', join(folder, 'secret'), 'link', '/bin/sh'])
      await expect(run(path)).rejects.toThrow('does not lie in the folder');
    await expect(run('absent')).rejects.toThrow('there is no script absent');
    await expect(run(7)).rejects.toThrow();
    await expect(runScript(undefined)({ path: 'good' }, 'task', never)).rejects.toThrow('runs no scripts');
  });
});
