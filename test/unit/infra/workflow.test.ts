import { readFileSync } from 'node:fs';
import { infraFiles } from '../../../scripts/lint-infra/infra-files';
import { readInfra } from '../../../scripts/lint-infra/infra';

const workflow = readFileSync('.github/workflows/ci.yml', 'utf8');

describe('the CI workflow', () => {
  it('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
    const run = [...workflow.matchAll(/npm (?:run )?(check|test|lint:\w+|bundle)$/gm)].map(
      ([, name]) => name ?? '',
    );
    expect(run).toEqual(['check', 'lint:infra', 'bundle', 'test']);
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('tests on every version of Node that is promised', () => {
    const promised = /\['(20)', '(22)', '(24)'\]/
      .exec(readFileSync('scripts/test-nodes.mjs', 'utf8'))
      ?.slice(1);
    const matrix = /node: \[([^\]]*)\]/.exec(workflow)?.[1]?.split(', ');
    expect(matrix).toEqual(promised);
  });

  it('asks what would change with every parameter that has no default, and no other', async () => {
    const { templates } = await readInfra(infraFiles('.'), []);
    const main = templates.find(({ path }) => path === 'infra/main.bicep');
    const needed = main?.parameters.filter(({ value }) => value === undefined).map(({ name }) => name);
    const given = [...workflow.slice(workflow.indexOf('--parameters')).matchAll(/\b(\w+)=/g)].map(
      ([, name]) => name,
    );
    expect(given.sort()).toEqual(needed?.sort());
  });

  it('may only read, and holds no secret', () => {
    expect(workflow).toMatch(/^permissions:\n {2}contents: read\n/m);
    expect(workflow).not.toMatch(/secrets\.|contents: write|pull_request_target/);
  });
});
