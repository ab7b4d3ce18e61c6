// Writes docs/errors.md from the table of refusals: `npm run docs:errors`.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { refusals } = createRequire(import.meta.url)('../dist/shared/refusals.js');
const rows = Object.entries(refusals)
  .toSorted(([left], [right]) => left.localeCompare(right))
  .map(
    ([code, { status, retry, causes, action }]) =>
      `| \`${code}\` | ${status} | ${retry} | ${causes} | ${action} |`,
  );

writeFileSync(
  new URL('../docs/errors.md', import.meta.url),
  `# Errors

Every refusal lifeboat can answer with. A code is part of the API: it is documented once and never reused. \`Retry\` says
whether the same call may be made again: *never* (it will be refused again) or *later* (the world may have changed).
This page is written by \`npm run docs:errors\` from \`shared/refusals.ts\`; a test checks that they agree.

| code | status | retry | possible causes | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`,
);
