import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hear, hearConsole, heardFolder } from '../../support/logs/hear';
import { judge, seeded } from '../../support/logs/judge';
import { looksLikeSecret } from '../../support/logs/secret-shapes';

const run = promisify(execFile);
const grant = `https://127.0.0.1/logs-1?se=2026&sig=${seeded}%3D`;

/** What was found so far in the logs of this process's tests. */
function found(): string[] {
  const file = join(process.env[heardFolder] ?? '', `${process.pid}.findings`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { line: string }).line);
}

describe('the search for secrets in all logs of a run of the tests', () => {
  const places: readonly (readonly [place: string, say: (line: string) => unknown])[] = [
    ['stdout of a process', (line) => run(process.execPath, ['-e', `console.log(${JSON.stringify(line)})`])],
    [
      'stderr of a process',
      (line) => run(process.execPath, ['-e', `console.error(${JSON.stringify(line)})`]),
    ],
    [
      'a process that ends in the middle of a line',
      (line) => run(process.execPath, ['-e', `process.stdout.write(${JSON.stringify(line)})`]),
    ],
    [
      'stderr of a process that is waited for',
      (line) => spawnSync(process.execPath, ['-e', `console.error(${JSON.stringify(line)})`]),
    ],
    [
      'stderr of one that fails',
      (line) => {
        const fail = `console.error(${JSON.stringify(line)}); process.exit(1)`;
        expect(() => execFileSync(process.execPath, ['-e', fail], { stdio: 'pipe' })).toThrow();
      },
    ],
    ['the console of a test', (line) => hearConsole([{ message: `two\n${line}` }])],
    ['the log of an agent inside a test', (line) => hear({ from: 'agent', line })],
  ];

  it.each(places)('finds one on %s', async (place, say) => {
    const line = `${place}: put to ${grant}`;
    await say(line);
    expect(found()).toContain(line);
  });

  it('knows grants, bearer and registration tokens, account keys and agents’ keys', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const claims = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'one' })).toString('base64url');
    const key = randomBytes(64).toString('base64');
    const secrets = [
      ...[grant, `${claims}.payload.signature`, 'lb1.0123456789abcdef0123', `the key ${key} is wrong`],
      ...[
        `AccountName=a;AccountKey=${key};`,
        String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
        der,
      ],
    ];
    expect(secrets.filter((secret) => !looksLikeSecret(secret))).toEqual([]);
    const harmless = [
      'sig=***&se=2026',
      'AccountKey=***;',
      'sigma=3',
      randomBytes(32).toString('hex'),
      'lb1.***',
    ];
    expect(harmless.filter(looksLikeSecret)).toEqual([]);
  });

  it('lets programs say what they are asked for, and no log the same', () => {
    const before = found().length;
    const token = `token lb1.${seeded}`;
    hear({ from: 'a script', line: token }, true);
    expect(found()).toHaveLength(before);
    hear({ from: 'a script', line: token });
    hear({ from: 'a script', line: `a ${token}` }, true);
    expect(found()).toHaveLength(before + 2);
  });

  it('fails the run for what was found, but for what was let out on purpose', () => {
    const folder = mkdtempSync(join(tmpdir(), 'findings-'));
    const findings = [grant, 'Bearer eyJhbGciOi'].map((line) => JSON.stringify({ from: 'host', line }));
    writeFileSync(join(folder, '1.findings'), `${findings.join('\n')}\n`);
    writeFileSync(join(folder, '1.counts'), '{"from":"process","lines":7}\n{"from":"test","lines":2}\n');
    expect(judge(folder)).toEqual({
      summary: 'Heard 9 lines on consoles and 1 pipes of processes; secrets in them: 1.',
      leaks: ['host: Bearer eyJhbGciOi'],
    });
    rmSync(folder, { recursive: true });
  });
});
