import { readFileSync } from 'node:fs';
import { isRefusal, LifeboatError } from '../../shared/errors';
import { refusals } from '../../shared/refusals';

describe('a refusal', () => {
  it('carries the status, the remedy and the advice of its code', () => {
    const error = new LifeboatError('StaleWriter', 'the replica has moved on');
    expect(error.status).toBe(412);
    expect(error.retry).toBe('never');
    expect(error.recommendedAction).toContain('position');
    expect(isRefusal(error, 'StaleWriter')).toBe(true);
    expect(isRefusal(error, 'NotFound')).toBe(false);
  });

  it('is documented: docs/errors.md lists exactly these codes', () => {
    const documented = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(
      (row) => row[1],
    );
    expect(documented.toSorted()).toEqual(Object.keys(refusals).toSorted());
  });

  it('says in each code what may have caused it and what to do', () => {
    for (const refusal of Object.values(refusals)) {
      expect(refusal.causes).toMatch(/\.$/);
      expect(refusal.action).toMatch(/\.$/);
    }
  });
});
