// `npm run lint:infra`: one line for each finding. With --write, the inventory is written anew first; review its difference.
import { writeFileSync } from 'node:fs';
import { Settings } from '../../shared/settings';
import { readInfra } from './infra';
import { infraFiles } from './infra-files';
import { inventoryOf, inventoryPath } from './inventory';
import { lintInfra } from './lint-infra';

async function main(): Promise<void> {
  const files = infraFiles('.');
  const settingNames = Object.keys(Settings.shape);
  if (process.argv.includes('--write')) {
    const text = inventoryOf(await readInfra(files, settingNames));
    writeFileSync(inventoryPath, text);
    files.set(inventoryPath, text);
  }
  const findings = await lintInfra(files, settingNames);
  for (const { file, line, rule, message } of findings) {
    process.stdout.write(`${file}:${line}  ${rule}  ${message}\n`);
  }
  const checked = [...files.keys()].filter((path) => path.endsWith('.bicep')).length;
  process.stdout.write(
    findings.length === 0 ? `${checked} Bicep files, nothing found.\n` : `${findings.length} found.\n`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
}

void main();
