export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Without what is missing. */
export function texts(values: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => isText(entry[1])),
  );
}
