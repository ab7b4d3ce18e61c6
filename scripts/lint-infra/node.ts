import type { Node as SyntaxNode } from 'web-tree-sitter';

/** A node of a parsed file, without comments: what the rules look at. */
export interface Node {
  readonly type: string;
  readonly text: string;
  readonly line: number;
  readonly parent: Node | undefined;
  readonly children: readonly Node[];
}

/** What the parser could not make sense of, or found missing. */
export interface Mistake {
  readonly line: number;
  readonly message: string;
}

/** Copies the parser's tree, once, because each look at the original is a call into another world. */
export function copyTree(from: SyntaxNode, parent?: Node): Node {
  const children: Node[] = [];
  const { type, text, startPosition } = from;
  const node: Node = { type, text, line: startPosition.row + 1, parent, children };
  for (const child of from.namedChildren) {
    if (child !== null && child.type !== 'comment') children.push(copyTree(child, node));
  }
  return node;
}

export function mistakesIn(node: SyntaxNode): Mistake[] {
  if (!node.hasError) return [];
  const line = node.startPosition.row + 1;
  if (node.isMissing) return [{ line, message: `${node.type} is missing` }];
  if (node.isError) return [{ line, message: `does not parse: ${node.text.slice(0, 40)}` }];
  return node.children.flatMap((child) => (child === null ? [] : mistakesIn(child)));
}

/** The node and everything below it. */
export function everything(node: Node): Node[] {
  return [node, ...node.children.flatMap(everything)];
}
