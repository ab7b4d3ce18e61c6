import type { Finding } from '../finding';
import type { Infra } from '../infra';

const file = 'infra/modules/service-bus.bicep';

/** Everything service-bus-entities.json says about a queue, topic or subscription reaches Azure as well. */
export function entities({ files }: Infra): Finding[] {
  const text = files.get(file) ?? '';
  const said = JSON.parse(files.get('infra/service-bus-entities.json') ?? '{}') as unknown;
  const kinds: Readonly<Record<string, readonly string[]>> = {
    queue: keysOf(said, 'queues'),
    topic: keysOf(said, 'topics'),
    subscription: keysOf(said, 'subscriptions'),
  };
  return Object.entries(kinds).flatMap(([kind, keys]) =>
    keys
      .filter((key) => !new RegExp(`\\b${kind}\\.\\??${key}\\b`).test(text))
      .map((key) => ({
        file,
        line: 1,
        rule: 'entities' as const,
        message: `${key} of a ${kind} is not deployed`,
      })),
  );
}

/** The property names of all objects in lists of this name. */
function keysOf(value: unknown, list: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...(key === list && Array.isArray(inner) ? inner.flatMap((item: object) => Object.keys(item)) : []),
    ...keysOf(inner, list),
  ]);
  return [...new Set(found)];
}
