import type { Infra } from './infra';
import { everything, type Node } from './node';
import { propertiesOf, type Resource } from './template';

export const inventoryPath = 'infra/inventory.json';

/**
 * Every resource with the properties it sets. There is no compiler here that knows the types, so a misspelt property would
 * go unnoticed: this list is reviewed once and then kept.
 */
export function inventoryOf({ templates }: Infra): string {
  const entries = templates.flatMap(({ path, resources }) =>
    resources.map((resource) => [`${path} ${resource.name}`, described(resource)] as const),
  );
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

function described({ type, version, isExisting, body }: Resource): object {
  const properties = body === undefined ? [] : [...new Set(pathsOf(body, ''))].sort();
  return { type, version, ...(isExisting && { existing: true }), properties };
}

function pathsOf(object: Node, prefix: string): string[] {
  return [...propertiesOf(object)].flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const inner = objectsIn(value);
    return inner.length === 0 ? [path] : inner.flatMap((nested) => pathsOf(nested, path));
  });
}

/** The objects a value is or may become: itself, the elements of an array, both ends of a condition. */
function objectsIn(node: Node): Node[] {
  if (node.type === 'object') return propertiesOf(node).size === 0 ? [] : [node];
  if (node.type === 'array') return node.children.flatMap(objectsIn);
  if (node.type === 'ternary_expression') return node.children.slice(1).flatMap(objectsIn);
  return everything(node)
    .slice(1)
    .filter(({ type, parent }) => type === 'object' && parent?.type === 'arguments');
}
