import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Harbour } from './harbour';

describe('the command line, as a process', () => {
  let harbour: Harbour;
  let environment: Record<string, string>;

  beforeAll(async () => {
    harbour = await Harbour.open();
    for (const name of ['web', 'mail']) await harbour.protect(name);
    environment = { PATH: process.env['PATH'] ?? '', ...harbour.environment };
  });

  afterAll(() => harbour.close());

  const shell = (line: string): Promise<{ code: number; output: string; notes: string }> =>
    new Promise((resolve) => {
      const child = execFile(
        'bash',
        ['--norc', '-c', `lifeboat() { "${process.execPath}" dist/cli/main.js "$@"; }; ${line}`],
        { env: environment },
        (_, output, notes) => resolve({ code: child.exitCode ?? -1, output, notes }),
      );
    });

  it('hands its exit code to the shell, and data alone to the pipe', async () => {
    expect(await shell('lifeboat status nobody')).toMatchObject({ code: 3, output: '' });
    expect(await shell('lifeboat nonsense')).toMatchObject({ code: 2, output: '' });
    expect(await shell('set -o pipefail; lifeboat status | head -1')).toMatchObject({
      code: 0,
      output: expect.stringContaining('MACHINE'),
      notes: '',
    });
  });

  it('needs --yes where nobody can be asked', async () => {
    expect(await shell('lifeboat failover web < /dev/null')).toMatchObject({
      code: 2,
      notes: expect.stringContaining('--yes'),
    });
  });

  it('says how to sign in where neither a token nor az is there', async () => {
    const bare = 'LIFEBOAT_TOKEN= LIFEBOAT_CONFIG=/nowhere.json PATH=/nowhere';
    const said = await shell(`export ${bare}; lifeboat status`);
    expect(said).toMatchObject({ code: 1, output: '' });
    expect(said.notes).toMatch(/^lifeboat: Nobody is signed in.*\n.*\n {2}next: .*az login for Azure/);
  });

  it('ends with 130 on Ctrl-C', async () => {
    const child = spawn(process.execPath, ['dist/cli/main.js', 'status', '--watch', '0.05'], {
      env: environment,
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });
});
