/** The values one field of a schedule allows. */
export interface FieldRange {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

/** Values of `*`, `5`, `1-5`, `*\/15`, `10-40/10`, `MON-FRI` and lists of them, or the reason why it is none. */
export function parseField(text: string, range: FieldRange): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d+))?$/.exec(item);
    const [first, last] = match === null ? [] : bounds(match, range);
    const step = Number(match?.[3] ?? 1);
    if (first === undefined || last === undefined) return `${range.name} "${item}" is not valid`;
    if (step < 1) return `${range.name} "${item}" has a step of zero`;
    if (first > last) return `${range.name} "${item}" runs backwards`;
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}

function bounds(match: RegExpExecArray, range: FieldRange): readonly (number | undefined)[] {
  const [, from = '', to, step] = match;
  if (from === '*') return to === undefined ? [range.least, range.most] : [];
  const first = valueOf(from, range);
  if (to !== undefined) return [first, valueOf(to, range)];
  return [first, step === undefined ? first : range.most];
}

function valueOf(text: string, { least, most, names }: FieldRange): number | undefined {
  const named = names?.findIndex((name) => text.length >= 3 && name.startsWith(text.toLowerCase())) ?? -1;
  if (named >= 0) return named + least;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
