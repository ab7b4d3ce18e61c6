import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The files of the project: what git tracks or would track. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  maxBuffer: 2 ** 26,
})
  .toString()
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));

const sources = files.filter((path) => /\.(ts|mjs|cjs)$/.test(path));

/** The lines of these files that match, as "file: line". */
function lines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
}

describe('the house is tidy', () => {
  it('names files in kebab-case', () => {
    const badly = sources.filter((path) => !/^[a-z0-9.-]+$/.test(path.split('/').at(-1) ?? ''));
    expect(badly).toEqual([]);
  });

  it('has no file called utils, helpers, common, manager or impl', () => {
    const vague = sources.filter((path) =>
      /(^|[/-])(utils?|helpers?|common|manager|impl)(\.|-|\/)/.test(path),
    );
    expect(vague).toEqual([]);
  });

  it('leaves no note to self behind', () => {
    const marks = new RegExp(`\\b(${['FIX', 'ME'].join('')}|${['TO', 'DO'].join('')}|X{3})\\b`);
    expect(lines(sources, marks)).toEqual([]);
  });

  it('mocks no module', () => {
    const mocking = new RegExp(['jest', '(mock|doMock)\\('].join('\\.'));
    expect(lines(sources, mocking)).toEqual([]);
  });

  it('runs no test alone', () => {
    expect(lines(sources, /\b(describe|it|test)\.only\(/)).toEqual([]);
  });

  it('keeps every folder of code small enough to see at once', () => {
    const perFolder = new Map<string, number>();
    for (const path of sources.filter((source) => !/^(test|scripts|bench)\//.test(source))) {
      const folder = path.split('/').slice(0, -1).join('/');
      perFolder.set(folder, (perFolder.get(folder) ?? 0) + 1);
    }
    const crowded = [...perFolder]
      .filter(([, count]) => count > 18)
      .map(([folder, count]) => `${folder}: ${count} files`);
    expect(crowded).toEqual([]);
  });

  it('keeps every port at eight methods or fewer', () => {
    const ports = files.filter((path) => path.startsWith('shared/ports/') && path.endsWith('.ts'));
    const wide = ports.filter((path) =>
      (readFileSync(path, 'utf8').match(/export interface [\s\S]*?\n}/g) ?? []).some(
        (port) => (port.match(/^ {2}\w+\(/gm) ?? []).length > 8,
      ),
    );
    expect(wide).toEqual([]);
  });

  it('records no download address in the lock file', () => {
    expect(lines(['package-lock.json'], /"resolved": "https?:/)).toEqual([]);
  });

  it('pins every dependency exactly', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const versions = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    expect(
      versions.filter(([name, version]) => name !== '@types/node' && !/^\d+\.\d+\.\d+$/.test(version)),
    ).toEqual([]);
  });
});
