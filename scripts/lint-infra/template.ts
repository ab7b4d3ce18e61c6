import type { Mistake, Node } from './node';

/** One Bicep file, as its declarations. */
export interface Template {
  readonly path: string;
  readonly root: Node;
  readonly mistakes: readonly Mistake[];
  readonly parameters: readonly Declaration[];
  readonly variables: readonly Declaration[];
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: readonly Declaration[];
}

export interface Declaration {
  readonly name: string;
  readonly line: number;
  /** The value or the default; absent where there is none. */
  readonly value: Node | undefined;
  readonly decorators: ReadonlyMap<string, string>;
}

export interface Resource extends Declaration {
  readonly type: string;
  readonly version: string;
  readonly isExisting: boolean;
  readonly body: Node | undefined;
}

export interface Module extends Declaration {
  readonly path: string;
  readonly parameters: ReadonlyMap<string, Node>;
}

const plainTypes = new Set(['identifier', 'type', 'decorators', 'comment', 'primitive_type', 'array_type']);

/** The declarations of one parsed file. */
export function readTemplate(path: string, root: Node, mistakes: readonly Mistake[]): Template {
  const decorated = declarationsOf(root);
  const of = (kind: string) => decorated.filter(({ node }) => node.type === kind);
  return {
    path,
    root,
    mistakes,
    parameters: of('parameter_declaration').map((found) => declaration(found)),
    variables: of('variable_declaration').map((found) => declaration(found)),
    outputs: of('output_declaration').map((found) => declaration(found)),
    resources: of('resource_declaration').map(resource),
    modules: of('module_declaration').map(module),
  };
}

/** The properties of an object by name; of anything else, none. */
export function propertiesOf(node: Node | undefined): ReadonlyMap<string, Node> {
  if (node?.type !== 'object') return new Map();
  const pairs = node.children.filter(({ type }) => type === 'object_property');
  return new Map(
    pairs.flatMap((pair) => {
      const [key, value] = pair.children;
      return key === undefined || value === undefined ? [] : [[literal(key) ?? key.text, value] as const];
    }),
  );
}

/** The text of a string without interpolation. */
export function literal(node: Node | undefined): string | undefined {
  if (node?.type !== 'string') return undefined;
  const parts = node.children;
  return parts.some(({ type }) => type === 'interpolation') ? undefined : node.text.slice(1, -1);
}

/** The value at a path of property names, through conditions and loops. */
export function at(body: Node | undefined, path: string): Node | undefined {
  return path.split('.').reduce<Node | undefined>((node, key) => propertiesOf(node).get(key), body);
}

interface Found {
  readonly node: Node;
  readonly decorators: ReadonlyMap<string, string>;
}

function declarationsOf(root: Node): Found[] {
  const found: Found[] = [];
  let decorators = new Map<string, string>();
  for (const node of root.children) {
    if (node.type === 'decorators') {
      const calls = node.children.map(({ text }) => /^@(\w+)\(([^]*)\)$/.exec(text.trim()));
      decorators = new Map(calls.map((call) => [call?.[1] ?? '', call?.[2] ?? '']));
    } else {
      found.push({ node, decorators });
      decorators = new Map();
    }
  }
  return found;
}

function declaration({ node, decorators }: Found): Declaration {
  const parts = node.children;
  const value = parts.slice(1).findLast(({ type }) => !plainTypes.has(type) || type === 'identifier');
  return { name: parts[0]?.text ?? '', line: node.line, value, decorators };
}

function resource(found: Found): Resource {
  const [, kind] = found.node.children;
  const [type = '', version = ''] = (literal(kind) ?? '').split('@');
  const { text } = found.node;
  const isExisting = /^resource\s+\w+\s+'[^']*'\s+existing\b/.test(text);
  return { ...declaration(found), type, version, isExisting, body: bodyOf(found.node) };
}

function module(found: Found): Module {
  const [, path] = found.node.children;
  const parameters = propertiesOf(propertiesOf(bodyOf(found.node)).get('params'));
  return { ...declaration(found), path: literal(path) ?? '', parameters };
}

/** The object a declaration ends with, be it plain, conditional or in a loop. */
function bodyOf(node: Node): Node | undefined {
  const last = node.children.at(-1);
  return last === undefined || last.type === 'object' ? last : bodyOf(last);
}
