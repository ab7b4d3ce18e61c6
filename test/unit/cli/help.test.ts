import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { exitCodes } from '../../../cli/failure';
import { lifeboatProgram } from '../../../cli/program';
import { lifeboat } from './harbour';

const silent = {
  environment: {},
  homeFolder: '/nowhere',
  isTerminal: { input: false, output: false, notes: false },
  output: () => undefined,
  note: () => undefined,
  ask: async () => '',
  now: () => 0,
  sleep: async () => undefined,
  interrupted: new AbortController().signal,
};

function pathsOf(command: Command, path: readonly string[] = []): string[][] {
  return [[...path], ...command.commands.flatMap((inner) => pathsOf(inner, [...path, inner.name()]))];
}

const commands = pathsOf(lifeboatProgram(silent)).filter((path) => path.length > 0);

describe('the help', () => {
  it('is as it was', async () => {
    const { code, output, notes } = await lifeboat(['--help']);
    expect({ code, notes }).toEqual({ code: 0, notes: '' });
    expect(output).toMatchSnapshot();
  });

  it.each(commands.map((path) => [path.join(' ')]))('of %s is as it was', async (path) => {
    const { code, output } = await lifeboat([...path.split(' '), '--help']);
    expect(code).toBe(0);
    expect(output.replace(/Global Options:[^]*/, '')).toMatchSnapshot();
  });

  it('goes with the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect((await lifeboat(['--version'])).output.trim()).toBe(version);
  });

  it('and docs/cli.md name the same commands and the same exit codes', () => {
    const page = readFileSync('docs/cli.md', 'utf8');
    const leaves = commands.filter(
      (path) =>
        !commands.some(
          (other) => other.length > path.length && other.join(' ').startsWith(`${path.join(' ')} `),
        ),
    );
    for (const path of leaves) expect(page).toContain(`lifeboat ${path.join(' ')}`);
    const documented = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(documented).toEqual(Object.values(exitCodes));
  });
});

describe('completion for bash', () => {
  const complete = async (line: string): Promise<string[]> => {
    const { output } = await lifeboat(['completion', 'bash']);
    const script = `${output}
COMP_WORDS=(${line.endsWith(' ') ? `${line}""` : line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _lifeboat; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trim().split(' ');
  };

  it.each([
    ['lifeboat sta', ['status']],
    ['lifeboat jobs ', expect.arrayContaining(['list', 'show', 'watch', 'cancel'])],
    ['lifeboat jobs -o json w', ['watch']],
    ['lifeboat failover web --po', ['--point']],
    ['lifeboat status -o ', ['json', 'table', 'tsv']],
  ])('of "%s" is what it should be', async (line, expected) => {
    expect(await complete(line)).toEqual(expected);
  });
});
