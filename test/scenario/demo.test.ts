import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Run {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

/** Runs the commands in one shell, as a person would who copies them line by line. */
async function runAll(commands: readonly string[]): Promise<readonly Run[]> {
  const mark = '-- ended with';
  const script = commands.map((command) => `${command} 2>&1; echo "${mark} $?"`).join('\n');
  const said = await new Promise<string>((resolve) => {
    execFile('sh', ['-c', script], { maxBuffer: 1 << 24 }, (_, output) => resolve(output));
  });
  const outputs = said.split(new RegExp(`${mark} (\\d+)\n`));
  return commands.map((command, index) => {
    return { command, output: outputs[index * 2] ?? '', code: Number(outputs[index * 2 + 1]) };
  });
}

describe('the demo', () => {
  it('tells the whole story, every byte is right, and what it says to try next works', async () => {
    const demo = spawn(process.execPath, ['dist/demo/main.js', '--keep'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(demo, 'exit') as Promise<[number | null]>;
    let said = '';
    const kept = new Promise<void>((resolve) => {
      for (const stream of [demo.stdout, demo.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          if (/^ {2}node .* page$/m.test(said)) resolve();
        });
      }
    });
    await Promise.race([kept, ended]);
    const commands = said.match(/^ {2}(export|node|curl) .*$/gm) ?? [];
    const runs = await runAll(commands.map((line) => line.trim()));
    demo.kill('SIGINT');
    const [code] = await ended;

    // On a failure this shows how far it got.
    expect(said).toContain('protection disabled; replica, points, logs and grants are removed');
    expect(code).toBe(0);
    expect(said).not.toMatch(/^ {2}no {2}/m);
    expect(said.match(/^ {2}ok {2}after \d+ writes/gm)).toHaveLength(3);
    expect(said.match(/^ {2}ok {2}its disk: source after (400|500) writes/gm)).toHaveLength(2);
    expect(said).toMatch(/^ {2}ok {2}evidence report, signed/m);
    expect(said).not.toContain('\u001b[');
    expect(runs).toHaveLength(11);
    expect(runs.filter((run) => run.code !== 0)).toEqual([]);
    const outputOf = (word: string): string =>
      runs.find(({ command }) => command.includes(word))?.output ?? '';
    expect(outputOf(' status')).toMatch(/^web-01 +Protected +Normal/m);
    expect(outputOf(' verify ')).toMatch(/^isGenuine +true$/m);
    const folder = /--data (\S+)/.exec(said)?.[1] ?? '';
    expect(folder).toContain('lifeboat-demo-');
    expect(existsSync(folder)).toBe(false);
  }, 300_000);

  it('ends in good order on Ctrl-C, and leaves nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-'));
    const demo = spawn(process.execPath, ['dist/demo/main.js'], { env: { ...process.env, TMPDIR: folder } });
    const ended = once(demo, 'exit');
    let said = '';
    demo.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(demo.stdout, 'data');
    demo.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said).toBe('\nInterrupted. Everything that was started is ended, and nothing is left.\n');
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  });

  it('says what it knows when it is told something else', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/demo/main.js', '--fast'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/'--fast'\n.*--keep/s) });
  });
});
