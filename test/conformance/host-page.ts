import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type HostRow } from './host-rows/row';

const page = path.resolve(__dirname, '../../docs/conformance.md');
const begin = '<!-- host -->';
const end = '<!-- /host -->';

/** Writes the host's section of docs/conformance.md, and leaves the others as they are. */
export function writeHostSection(rows: readonly HostRow[], failures: ReadonlySet<HostRow>): void {
  const lines = rows.map((row) => `| ${row.area} | ${row.shows} | ${failures.has(row) ? 'no' : 'yes'} |`);
  const section = [
    begin,
    '## Host',
    '',
    `${rows.length - failures.size} of ${rows.length} rows hold, each run through \`@azure/functions\`, \`durable-functions\` and \`@azure/service-bus\`, unmodified (\`npm run conformance:host\`).`,
    '',
    '| trigger | what is shown | holds |',
    '|---|---|---|',
    ...lines,
    end,
  ].join('\n');
  const text = readPage();
  const from = text.indexOf(begin);
  const until = text.indexOf(end);
  const replaced =
    from >= 0 && until > from
      ? text.slice(0, from) + section + text.slice(until + end.length)
      : `${text.trimEnd()}\n\n${section}\n`;
  writeFileSync(page, replaced);
}

function readPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return '# Conformance\n\nWhat the local cloud does, row by row, shown through the official clients.\n';
  }
}
