import { readFileSync, writeFileSync } from 'node:fs';

export interface Verdict {
  readonly operation: string;
  readonly shows: string;
  readonly passed: boolean;
}

const page = 'docs/conformance.md';
const opening =
  '# Conformance\n\nWhat the local cloud does as Azure does it, each row run through the official SDK.\n' +
  '`npm run conformance:cloud` runs them and rewrites this page.\n';

/** Rewrites one section of docs/conformance.md, between its markers, and leaves the others as they are. */
export function writeSection(marker: string, title: string, verdicts: readonly Verdict[]): void {
  const [open, close] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const section = `${open}\n\n${sectionOf(title, verdicts)}\n${close}`;
  const before = currentPage();
  const start = before.indexOf(open);
  const end = before.indexOf(close);
  const after =
    start < 0 || end < 0
      ? `${before.trimEnd()}\n\n${section}\n`
      : before.slice(0, start) + section + before.slice(end + close.length);
  writeFileSync(page, after);
}

function sectionOf(title: string, verdicts: readonly Verdict[]): string {
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const rows = verdicts.map(
    (verdict) => `| \`${verdict.operation}\` | ${verdict.shows} | ${verdict.passed ? 'yes' : '**no**'} |`,
  );
  const table = ['| operation | what it shows | passed |', '|---|---|---|', ...rows].join('\n');
  return `## ${title}\n\n${passed} of ${verdicts.length} rows pass.\n\n${table}\n`;
}

function currentPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return opening;
  }
}
