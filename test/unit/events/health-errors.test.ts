import { readFileSync } from 'node:fs';
import { HealthError } from '../../../shared/contracts/catalogue/resource';
import { healthErrorOf, healthErrors, healthErrorsPage } from '../../../shared/model/health-errors';

describe('a health error', () => {
  it('is documented with causes and what to do', () => {
    expect(readFileSync('docs/health-errors.md', 'utf8')).toBe(healthErrorsPage());
    for (const { causes, action } of Object.values(healthErrors)) {
      expect(causes).toMatch(/\.$/);
      expect(action).toMatch(/\.$/);
    }
  });

  it('is the same one however often it is seen, and fits the catalogue', () => {
    const [first, second] = [1, 2].map((sinceInMs) => healthErrorOf('153007', { about: 'disk', sinceInMs }));
    expect(first?.id).toBe(second?.id);
    expect(HealthError.parse(first)).toMatchObject({ code: '153007', level: 'Error', createdAtInMs: 1 });
  });
});
