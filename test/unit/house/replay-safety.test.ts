import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

interface Report {
  readonly filePath: string;
  readonly messages: readonly { readonly message: string }[];
}

const unsafe: Readonly<Record<string, readonly string[]>> = {
  'orchestrations/unsafe-steps-for-a-test.ts': [
    'export const now = Date.now();',
    'export const date = new Date();',
    'export const chance = Math.random();',
    'export async function wait(): Promise<void> {',
    '  await Promise.resolve();',
    '}',
    'setTimeout(() => undefined, 1);',
    'export const df = (context: { df: unknown }) => context.df;',
  ],
  'shared/service/unsafe-service-for-a-test.ts': [
    'export const setting = process.env.SETTING;',
    'export const now = Date.now();',
  ],
};

/** What ESLint says of these texts as files of those names. Linted in place, because the rules go by folder; at once, because it takes seconds to begin. */
function complaints(texts: typeof unsafe): ReadonlyMap<string, string> {
  const paths = Object.keys(texts);
  try {
    for (const [path, lines] of Object.entries(texts)) writeFileSync(path, `${lines.join('\n')}\n`);
    const eslint = 'node_modules/eslint/bin/eslint.js';
    const { stdout } = spawnSync(process.execPath, [eslint, '--format', 'json', ...paths], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const reports = JSON.parse(stdout) as Report[];
    return new Map(
      reports.map(({ filePath, messages }) => [
        basename(filePath),
        messages.map(({ message }) => message).join('\n'),
      ]),
    );
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
}

describe('the replay-safety rules', () => {
  let found: ReadonlyMap<string, string>;
  beforeAll(() => (found = complaints(unsafe)), 120_000);

  it('refuse clocks, chance, I/O and waiting in an orchestration', () => {
    const said = found.get('unsafe-steps-for-a-test.ts');
    expect(said).toContain('Time comes in as a value.');
    expect(said).toContain('use context.df.currentUtcDateTime');
    expect(said).toContain('Chance comes in as a value.');
    expect(said).toContain('Replay is synchronous');
    expect(said).toContain('No I/O and no clock here');
    expect(said).toContain('Only orchestrations/durable.ts touches context.df.');
  });

  it('refuse the environment and the wall clock in the services', () => {
    const said = found.get('unsafe-service-for-a-test.ts');
    expect(said).toContain('One place reads the environment');
    expect(said).toContain('Take a Clock');
  });
});
