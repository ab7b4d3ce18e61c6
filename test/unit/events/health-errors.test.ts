import { readFileSync } from 'node:fs';
import { healthErrors, healthErrorsPage } from '../../../shared/model/health-errors';

const read = (file: string): string => readFileSync(`shared/service/${file}.ts`, 'utf8');

/** Where health is judged, and the refusals that end all tries. */
const judges = ['item-health', 'check-target', 'validate-item'].map((name) => `protection/review/${name}`);
const given = [
  ...['replica/health', ...judges].flatMap((file) =>
    [...read(file).matchAll(/\bcode: ([^,{}]+),/g)].map(([, value = '']) => value),
  ),
  // What an agent names goes into the health of its item.
  ...['agent/replica/protected-disk.ts', 'agent/scan/group-refusal.ts'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:new Trouble\(|code: )('\w+')/g)].map(([, code = '']) => code),
  ),
  /const final: readonly ErrorCode\[\] = (\[.*\])/.exec(read('answer-doorbell'))?.[1] ?? '',
].flatMap((text) => [...text.matchAll(/'(\w+)'/g)].map(([, code = '']) => code));

describe('a health error', () => {
  it('is documented, with what may have caused it', () => {
    expect(readFileSync('docs/health-errors.md', 'utf8')).toBe(healthErrorsPage());
    for (const { causes } of Object.values(healthErrors)) expect(causes).toMatch(/\.$/);
  });

  it('is one that the service gives, and none that it gives is left out', () => {
    const [, siteRecoverys = ''] = /RpoExceeded: '(\d+)'/.exec(read('protection/review/item-health')) ?? [];
    const codes = given.map((code) => (code === 'RpoExceeded' ? siteRecoverys : code));
    expect(new Set(codes)).toEqual(new Set(Object.keys(healthErrors)));
  });
});
