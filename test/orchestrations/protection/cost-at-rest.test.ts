import { measureItems } from '../../cost/measure-items';
import { dollarsPerMonth, operations } from '../../cost/prices';

describe('a protected machine at rest', () => {
  it('costs the same whether there are few or many', async () => {
    const [few, many] = [await measureItems(2), await measureItems(8)];
    for (const name of operations) {
      expect(many.perItem[name]).toBeGreaterThan(0);
      expect(many.perItem[name]).toBeLessThanOrEqual(few.perItem[name] * 1.05);
    }
    expect(dollarsPerMonth(many.perItem)).toBeLessThanOrEqual(dollarsPerMonth(few.perItem));
  });
});
