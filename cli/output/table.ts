import { duration } from './plain-time';

/** One column of a table: its heading, and the field it shows. */
export interface Column {
  readonly title: string;
  readonly field: string;
  readonly kind?: 'text' | 'duration' | 'time' | 'health';
}

export type Row = Readonly<Record<string, unknown>>;

export interface Look {
  readonly isColoured: boolean;
}

const colours: Readonly<Record<string, string>> = {
  Normal: '32',
  Succeeded: '32',
  Warning: '33',
  Critical: '31',
  Failed: '31',
};

/** Rows under headings, as wide as their widest cell. */
export function table(rows: readonly Row[], columns: readonly Column[], look: Look): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column.field], column)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[], paint = false): string =>
    texts
      .map((text, index) => {
        const padded = index === texts.length - 1 ? text : text.padEnd(widths[index] ?? 0);
        const colour = paint && columns[index]?.kind === 'health' ? colours[text] : undefined;
        return colour === undefined ? padded : padded.replace(text, `\u001b[${colour}m${text}\u001b[0m`);
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.map((texts) => line(texts, look.isColoured)),
  ]
    .map((text) => `${text}\n`)
    .join('');
}

/** One thing: a line for each of its fields. */
export function fieldList(row: Row, look: Look): string {
  const entries = Object.entries(row).filter(
    ([, value]) => value !== undefined && value !== null && !isEmptyList(value),
  );
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries
    .flatMap(([name, value]) => {
      if (isListOfRows(value) && value.length > 0) {
        const inner = table(value, columnsOf(value), look);
        return [`${name}:\n`, inner.replace(/^(?=.)/gm, '  ')];
      }
      return [`${name.padEnd(width)}  ${cell(value, { title: name, field: name })}\n`];
    })
    .join('');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Columns for rows whose fields were not known before: every field that holds no structure. */
export function columnsOf(rows: readonly Row[]): readonly Column[] {
  const fields = new Set(
    rows.flatMap((row) =>
      Object.keys(row).filter((name) => typeof row[name] !== 'object' || row[name] === null),
    ),
  );
  return [...fields].map((field) => ({ title: field, field }));
}

export function isListOfRows(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.every(isRow);
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value on one line. */
export function cell(value: unknown, { kind }: Column): string {
  if (value === undefined || value === null) return '-';
  if (kind === 'duration' && typeof value === 'number') return duration(value);
  if (kind === 'time' && typeof value === 'string') return value.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return String(value).replaceAll(/\p{Cc}/gu, ' ');
  }
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value.join(', ');
  return JSON.stringify(value);
}
