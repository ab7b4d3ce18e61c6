import { looksLikeSecret } from '../logs/secret-shapes';

/** The lines of a log that carry a secret: one of this cloud's own, or anything that looks like one. */
export function leaks(lines: readonly string[], facts: Readonly<Record<string, string>>): string[] {
  const own = Object.entries(facts)
    .filter(([name, value]) => /\.(secret|key)$/.test(name) && value.length >= 16)
    .map(([, value]) => value);
  return lines.filter((line) => looksLikeSecret(line) || own.some((secret) => line.includes(secret)));
}
