import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What a tree with just these files is refused for, by the names of the rules. */
function brokenRules(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-layers-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(file, join(root, file));
    symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
    const folders = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
    const cruiser = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    const report = execFileSync(process.execPath, [cruiser, ...options, ...folders], {
      cwd: root,
      maxBuffer: 2 ** 26,
    });
    const { summary } = JSON.parse(report.toString()) as {
      summary: { violations: { rule: { name: string } }[] };
    };
    return summary.violations.map((violation) => violation.rule.name);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const thing = 'export const thing = 1;\n';
const importing = (path: string): string => `import { thing } from '${path}';\nexport const other = thing;\n`;

describe('the layers', () => {
  it('keep the model pure, the orchestrations off the services, and everybody out of local', () => {
    const broken = brokenRules({
      'shared/service/thing.ts': thing,
      'shared/azure/thing.ts': thing,
      'local/thing.ts': thing,
      'functions/thing.ts': thing,
      'test/thing.ts': thing,
      'shared/model/impure.ts': importing('../service/thing'),
      'shared/service/impatient.ts': importing('../azure/thing'),
      'orchestrations/doing.ts': importing('../shared/service/thing'),
      'agent/leaning.ts': importing('../shared/azure/thing'),
      'shared/ports/tied.ts': importing('../../local/thing'),
      'cli/borrowing.ts': importing('../functions/thing'),
      'local/knowing.ts': importing('../shared/service/thing'),
      'shared/contracts/tested.ts': importing('../../test/thing'),
    });
    expect(broken).toEqual(
      expect.arrayContaining([
        'shared-model-imports-only-what-it-may',
        'shared-service-imports-only-what-it-may',
        'orchestrations-imports-only-what-it-may',
        'agent-imports-only-what-it-may',
        'shared-ports-imports-only-what-it-may',
        'nobody-imports-local',
        'nobody-imports-a-trigger',
        'local-knows-nothing-of-lifeboat',
        'nothing-imports-tests',
      ]),
    );
  });

  it('find cycles, and I/O in the model', () => {
    const broken = brokenRules({
      'shared/service/one.ts': "import { two } from './two';\nexport const one = () => two;\n",
      'shared/service/two.ts': "import { one } from './one';\nexport const two = () => one;\n",
      'shared/model/reading.ts':
        "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
    });
    expect(broken).toEqual(expect.arrayContaining(['no-cycles', 'model-and-orchestrations-do-no-io']));
  });

  it('allow what the house is made of', () => {
    const broken = brokenRules({
      'shared/model/thing.ts': thing,
      'shared/ports/port.ts': importing('../model/thing'),
      'shared/service/use.ts': importing('../ports/port').replace('thing }', 'other as thing }'),
    });
    expect(broken).toEqual([]);
  });
});
