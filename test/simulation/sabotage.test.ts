import { join } from 'node:path';
import { bundleSimulation, rulesOf } from './sabotage/bundle';
import { sabotages } from './sabotage/sabotage-table';

const root = join(__dirname, '..', '..');

describe('the simulation catches', () => {
  it('at least thirty bugs, each with a name of its own', () => {
    expect(new Set(sabotages.map(({ name }) => name)).size).toBeGreaterThanOrEqual(30);
  });

  it.each(sabotages)('$name', async (sabotage) => {
    const simulate = await bundleSimulation(root, sabotage);
    const { violations } = await simulate(sabotage.firstSeed, { rules: rulesOf(sabotage) });
    expect(violations).not.toHaveLength(0);
  });
});
