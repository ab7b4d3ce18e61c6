import { search } from 'jmespath';
import { usage } from '../failure';
import { cell, type Column, columnsOf, fieldList, isListOfRows, isRow, type Look, table } from './table';

export const formats = ['json', 'table', 'tsv'] as const;
export type Format = (typeof formats)[number];

export interface Rendering extends Look {
  readonly format: Format;
  readonly query: string | undefined;
}

/** Data as text. A query sees the same data whatever the format. */
export function render(data: unknown, columns: readonly Column[], rendering: Rendering): string {
  const { format, query } = rendering;
  const shown = query === undefined ? data : queried(data, query);
  const shownColumns = query === undefined ? columns : [];
  switch (format) {
    case 'json':
      return `${JSON.stringify(shown ?? null, null, 2)}\n`;
    case 'table':
      return asTable(shown, shownColumns, rendering);
    case 'tsv':
      return asTsv(shown, shownColumns);
  }
}

function queried(data: unknown, query: string): unknown {
  // What is undefined is absent to whoever reads the JSON, so it must be to a query.
  const plain: unknown = JSON.parse(JSON.stringify(data));
  try {
    return search(plain, query) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(`The query cannot be read: ${reason}`, 'Queries are JMESPath, such as: [].name');
  }
}

function asTable(data: unknown, columns: readonly Column[], look: Look): string {
  if (isListOfRows(data)) {
    if (data.length === 0) return '';
    return table(data, columns.length > 0 ? columns : columnsOf(data), look);
  }
  if (isRow(data)) return fieldList(data, look);
  return asTsv(data, []);
}

/** One line for each row, its cells between tabs; no headings, so that other programs can read it. */
function asTsv(data: unknown, columns: readonly Column[]): string {
  const lines = Array.isArray(data)
    ? (data as readonly unknown[])
    : data === null || data === undefined
      ? []
      : [data];
  return lines
    .map((line) => {
      if (Array.isArray(line)) return (line as readonly unknown[]).map(plain).join('\t');
      if (!isRow(line)) return plain(line);
      const fields = columns.length > 0 ? columns.map(({ field }) => field) : Object.keys(line);
      return fields.map((field) => plain(line[field])).join('\t');
    })
    .map((line) => `${line}\n`)
    .join('');
}

function plain(value: unknown): string {
  return value === undefined || value === null ? '' : cell(value, { title: '', field: '' });
}
