// Writes docs/scenarios.md from the scenarios' own tables: `npm run docs:scenarios`. With --check, only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { scenariosPage } = require('../dist/shared/model/scenarios/page.js');
const page = new URL('../docs/scenarios.md', import.meta.url);

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== scenariosPage()) {
    console.error('docs/scenarios.md is not what the tables say: run npm run docs:scenarios');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, scenariosPage());
}
