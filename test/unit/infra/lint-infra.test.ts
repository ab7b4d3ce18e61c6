import { readFileSync } from 'node:fs';
import { infraFiles } from '../../../scripts/lint-infra/infra-files';
import { lintInfra } from '../../../scripts/lint-infra/lint-infra';
import { logContainerName } from '../../../shared/model/log-name';
import { Settings } from '../../../shared/settings';
import { mutations } from './mutations';

const files = infraFiles('.');
const settings = Object.keys(Settings.shape);

describe('the infrastructure', () => {
  it('has nothing to find', async () => {
    expect(await lintInfra(files, settings)).toEqual([]);
  });

  it.each(mutations)('is not changed unseen: $what ($rule)', async ({ file, from, to, rule }) => {
    const text = files.get(file) ?? '';
    expect(text).toContain(from);
    const findings = await lintInfra(
      new Map(files).set(
        file,
        text.replace(from, () => to),
      ),
      settings,
    );
    expect(findings.map((finding) => finding.rule)).toContain(rule);
  });

  it('is not forgotten when the app reads a new setting', async () => {
    const findings = await lintInfra(files, [...settings, 'BRAND_NEW']);
    expect(findings).toEqual([
      expect.objectContaining({ rule: 'settings', message: 'appSettings lacks BRAND_NEW' }),
    ]);
  });

  it('shows each rule at work', () => {
    const rules = readFileSync('scripts/lint-infra/finding.ts', 'utf8').matchAll(/^ {2}\| '(\w+)'/gm);
    const shown = new Set(mutations.map(({ rule }) => rule));
    expect([...rules].map(([, rule]) => rule).filter((rule) => !shown.has(rule ?? ''))).toEqual([]);
  });

  it('makes the Cosmos DB container that the catalogue opens', () => {
    const code = readFileSync('shared/azure/cosmos-records.ts', 'utf8');
    const container = /containerName = '(\w+)'/.exec(code)?.[1] ?? 'none in the code';
    const key = /partitionKey: \{ paths: \['([^']+)'\] \}/.exec(code)?.[1] ?? 'none in the code';
    const template = files.get('infra/modules/cosmos.bicep');
    expect(template).toContain(`name: '${container}'`);
    expect(template).toContain(`paths: ['${key}']`);
  });

  it('sends the events of the cache to a function that is there, from the containers that logs are put in', () => {
    const template = files.get('infra/modules/event-grid.bicep') ?? '';
    const target = /\/functions\/(\w+)'/.exec(template)?.[1] ?? 'none';
    const prefix = /containers\/([\w-]+)'/.exec(template)?.[1] ?? 'none';
    expect(readFileSync('functions/event-grid-cache.ts', 'utf8')).toContain(`app.eventGrid('${target}'`);
    expect(logContainerName('00000000-0000-4000-8000-000000000000', 1).startsWith(prefix)).toBe(true);
  });

  it('makes the blob containers that the target needs', () => {
    const sources = ['page-blob-replica-disks', 'blob-target-documents'];
    const used = sources.map(
      (name) => /containerName = '(\w+)'/.exec(readFileSync(`shared/azure/${name}.ts`, 'utf8'))?.[1],
    );
    expect(files.get('infra/main.bicep')).toContain(
      `containers: [${used.map((name) => `'${name}'`).join(', ')}]`,
    );
  });
});
