import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { inventoryOf, inventoryPath } from '../inventory';

/** Resources and their properties are those that were reviewed. */
export function inventoryRule(infra: Infra): Finding[] {
  const kept = entriesOf(infra.files.get(inventoryPath) ?? '{}');
  const found = entriesOf(inventoryOf(infra));
  return [...new Set([...kept.keys(), ...found.keys()])]
    .filter((name) => kept.get(name) !== found.get(name))
    .map((name) => ({
      file: name.split(' ')[0] ?? '',
      line: 1,
      rule: 'inventory' as const,
      message: `${name.split(' ')[1] ?? ''} is not as in ${inventoryPath}; after a review: npm run lint:infra -- --write`,
    }));
}

function entriesOf(text: string): Map<string, string> {
  const inventory = JSON.parse(text) as object;
  return new Map(Object.entries(inventory).map(([name, entry]) => [name, JSON.stringify(entry)]));
}
