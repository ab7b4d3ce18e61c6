const shapes = /(?<![a-z])sig=(?!\*\*\*)\S|\beyJ[\w-]+\.eyJ|\bBearer ey|\blb1\.[\w-]{16,}|PRIVATE KEY-----/i;

/** The lines of a log that carry a secret: one of this cloud's own, or anything that looks like one. */
export function leaks(lines: readonly string[], facts: Readonly<Record<string, string>>): string[] {
  const own = Object.entries(facts)
    .filter(([name, value]) => /\.(secret|key)$/.test(name) && value.length >= 16)
    .map(([, value]) => value);
  return lines.filter((line) => shapes.test(line) || own.some((secret) => line.includes(secret)));
}
