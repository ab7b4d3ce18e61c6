import { readFileSync } from 'node:fs';
import { scenarios } from '../../../shared/model/scenarios';
import { scenariosPage } from '../../../shared/model/scenarios/page';

describe('docs/scenarios.md', () => {
  it('says what the tables say', () => {
    expect(readFileSync('docs/scenarios.md', 'utf8')).toBe(scenariosPage());
  });

  it('has every state of every scenario', () => {
    const page = scenariosPage();
    for (const scenario of Object.values(scenarios)) {
      for (const { description } of Object.values(scenario.states))
        expect(page).toContain(`(${description})`);
    }
  });
});
