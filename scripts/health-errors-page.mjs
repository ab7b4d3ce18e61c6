// Writes docs/health-errors.md from the table of health errors: `npm run docs:health`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { healthErrorsPage } = createRequire(import.meta.url)('../dist/shared/model/health-errors.js');
writeFileSync(new URL('../docs/health-errors.md', import.meta.url), healthErrorsPage());
