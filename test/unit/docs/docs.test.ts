import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { healthErrors } from '../../../shared/model/health-errors';
import { readPages } from './pages';

const pages = readPages();
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const npmsOwn = new Set(['ci', 'install', 'test', 'start', 'audit', 'sbom', 'link']);
const read = (path: string): string => readFileSync(path, 'utf8');

function lost<T>(check: (page: (typeof pages)[number]) => readonly T[]): string[] {
  return pages.flatMap((page) => check(page).map((what) => `${page.path}: ${String(what)}`));
}

describe('the documents', () => {
  it('are found', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/operations.md',
        'docs/tutorials/README.md',
        'examples/README.md',
      ]),
    );
  });

  it('link to pages, files and titles that are there', () => {
    const broken = lost(({ path, links }) =>
      links.filter((link) => {
        if (/^(https?|mailto):/.test(link)) return false;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : posix.join(posix.dirname(path), file);
        if (!existsSync(target)) return true;
        return (
          anchor !== undefined && pages.find((page) => page.path === target)?.anchors.has(anchor) !== true
        );
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const wrong = lost(({ commands, quoted }) =>
      [...commands, ...quoted].flatMap((text) =>
        [...text.matchAll(/\bnpm (?:run )?(?:--silent |-s )?([a-z][\w:-]*)/g)]
          .map(([, name]) => name ?? '')
          .filter((name) => !(name in scripts) && !npmsOwn.has(name)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('run files that are there, with shells and programs that would find them', () => {
    const wrong = lost(({ commands }) =>
      commands.flatMap((line) =>
        [...line.matchAll(/\b(?:node|sh) (?:\S+=\S+ )*((?:\w[\w-]*\/)+[\w.-]+)/g)]
          .map(([, file]) => file ?? '')
          .map((file) => file.replace(/^dist\/(.*)\.js$/, '$1.ts'))
          .filter((file) => !existsSync(file)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('show shell commands that a shell can read', () => {
    const tutorial = pages.filter(({ path }) => /^(docs\/tutorials|examples)\//.test(path));
    for (const { path, commands } of tutorial) {
      const script = commands.join('\n').replaceAll(/<[^>]*>/g, 'value');
      const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
      expect({ path, status, stderr }).toEqual({ path, status: 0, stderr: '' });
    }
  });

  it('give the agent options that it knows', () => {
    const places = ['agent/main.ts', 'agent/command-line'];
    const { stdout } = spawnSync('grep', ['-rhoE', '-e', '--[a-z][a-z-]*', ...places], { encoding: 'utf8' });
    const known = new Set(stdout.split('\n'));
    const wrong = lost(({ commands }) =>
      commands
        .filter((line) => line.includes('agent/main.js'))
        .flatMap((line) => line.match(/--[a-z][\w-]*/g) ?? [])
        .filter((option) => !known.has(option)),
    );
    expect(wrong).toEqual([]);
  });

  it('set variables of a deployment that the parameters file reads', () => {
    const parameters = read('infra/main.parameters.json');
    const page = pages.find(({ path }) => path === 'docs/tutorials/deploy-to-azure.md');
    const named = [...(page?.commands ?? []), ...(page?.quoted ?? [])]
      .flatMap((text) => text.match(/\bLIFEBOAT_[A-Z_]+|\bAZURE_[A-Z_]+/g) ?? [])
      .filter((name) => name !== 'LIFEBOAT_ENDPOINT');
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !parameters.includes(`\${${name}`))).toEqual([]);
  });

  it('have a first thing to do for every health error, and no other', () => {
    const [, runbook = ''] = read('docs/operations.md').split('## Runbook by health error');
    const [table = ''] = runbook.split('\n## ');
    const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
    expect(named.sort()).toEqual(Object.keys(healthErrors).sort());
  });

  it('explain every alert that is deployed', () => {
    const deployed = [...read('infra/modules/alerts.bicep').matchAll(/name: '(lifeboat-[\w-]+)'\n {4}desc/g)];
    expect(deployed).toHaveLength(4);
    const page = read('docs/operations.md');
    expect(
      deployed.map(([, name]) => name ?? '').filter((name) => !page.includes(`| \`${name}\` |`)),
    ).toEqual([]);
  });

  it('name events that are sent', () => {
    const page = read('docs/operations.md');
    const quoted = page.match(/`lifeboat\.[a-z.-]+`/g)?.map((name) => name.slice(1, -1)) ?? [];
    const named = [...new Set(quoted)];
    expect(named.length).toBeGreaterThan(3);
    const sources = spawnSync('grep', ['-rhoE', "'lifeboat\\.[a-z.-]+'", 'shared', '--include=*.ts'], {
      encoding: 'utf8',
    }).stdout;
    expect(named.filter((name) => !sources.includes(`'${name}'`))).toEqual([]);
  });
});
