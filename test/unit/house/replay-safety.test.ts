import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

interface Message {
  readonly ruleId: string | null;
  readonly message: string;
}

/** What ESLint says of this text as a file of that name. Linted in place, because the rules go by folder. */
function complaints(path: string, text: string): string[] {
  writeFileSync(path, text);
  try {
    const eslint = 'node_modules/eslint/bin/eslint.js';
    execFileSync(process.execPath, [eslint, '--format', 'json', path], { stdio: 'pipe', maxBuffer: 2 ** 26 });
    return [];
  } catch (error) {
    const output = (error as { stdout: Buffer }).stdout.toString();
    const [report] = JSON.parse(output) as [{ messages: Message[] }];
    return report.messages.map((found) => found.message);
  } finally {
    rmSync(path, { force: true });
  }
}

describe('the replay-safety rules', () => {
  it('refuse clocks, chance, I/O and waiting in an orchestration', () => {
    const found = complaints(
      'orchestrations/unsafe-for-a-test.ts',
      [
        'export const now = Date.now();',
        'export const date = new Date();',
        'export const chance = Math.random();',
        'export async function wait(): Promise<void> {',
        '  await Promise.resolve();',
        '}',
        'setTimeout(() => undefined, 1);',
        'export const df = (context: { df: unknown }) => context.df;',
        '',
      ].join('\n'),
    ).join('\n');
    expect(found).toContain('Time comes in as a value.');
    expect(found).toContain('use context.df.currentUtcDateTime');
    expect(found).toContain('Chance comes in as a value.');
    expect(found).toContain('Replay is synchronous');
    expect(found).toContain('No I/O and no clock here');
    expect(found).toContain('Only orchestrations/durable.ts touches context.df.');
  });

  it('refuse the environment and the wall clock in the services', () => {
    const found = complaints(
      'shared/service/unsafe-for-a-test.ts',
      'export const setting = process.env.SETTING;\nexport const now = Date.now();\n',
    ).join('\n');
    expect(found).toContain('One place reads the environment');
    expect(found).toContain('Take a Clock');
  });
});
