import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { everything, type Node } from '../node';
import type { Template } from '../template';

/** The functions of Bicep that are used here. A new one is added when it is needed, after a look at its documentation. */
const functions = new Set([
  ...['concat', 'deployment', 'empty', 'environment', 'filter', 'flatten', 'guid', 'loadJsonContent', 'map'],
  ...['resourceGroup', 'resourceId', 'split', 'subscription', 'subscriptionResourceId', 'take', 'tenant'],
  ...['toLower', 'union', 'uniqueString'],
]);
const ofResource = new Set(['id', 'name', 'properties']);

/** Every name that is used is declared, every name that is declared is used, and no name twice. */
export function names({ templates }: Infra): Finding[] {
  return templates.flatMap((template) => [
    ...undefinedNames(template),
    ...unusedNames(template),
    ...doubleNames(template),
    ...wrongMembers(template),
  ]);
}

function undefinedNames(template: Template): Finding[] {
  const declared = new Set(declarationsOf(template).map(({ name }) => name));
  return referencesOf(template.root, declared).map((node) => finding(template, node, 'is not defined'));
}

/** Names and functions that nothing in scope declares. */
function referencesOf(node: Node, scope: ReadonlySet<string>): Node[] {
  if (node.type === 'identifier') return isReference(node) && !isKnown(node, scope) ? [node] : [];
  const inner = new Set([...scope, ...namesBoundBy(node)]);
  return node.children.flatMap((child) => referencesOf(child, inner));
}

function isKnown(node: Node, scope: ReadonlySet<string>): boolean {
  const isCalled = node.parent?.type === 'call_expression' && node.parent.children[0] === node;
  return isCalled ? functions.has(node.text) : scope.has(node.text);
}

/** False for names that declare, for property names and for the insides of decorators. */
function isReference(node: Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ancestors(node).some(({ type }) => type === 'decorator' || type === 'type')) return false;
  const isFirst = parent.children[0] === node;
  return !(isFirst && (parent.type === 'object_property' || parent.type.endsWith('_declaration')));
}

/** Names a loop binds for its body, and lambdas for the call they are passed to. */
function namesBoundBy(node: Node): string[] {
  if (node.type === 'for_statement') {
    const [bound] = node.children;
    if (bound === undefined) return [];
    return bound.type === 'identifier' ? [bound.text] : bound.children.map(({ text }) => text);
  }
  if (node.type !== 'arguments') return [];
  return everything(node)
    .filter(({ type }) => type === 'lambda_expression')
    .map((lambda) => lambda.children[0]?.text ?? '');
}

function unusedNames(template: Template): Finding[] {
  const used = new Set(
    everything(template.root)
      .filter((node) => node.type === 'identifier' && isReference(node))
      .map(({ text }) => text),
  );
  const mustBeUsed = [
    ...template.parameters,
    ...template.variables,
    ...template.resources.filter(({ isExisting }) => isExisting),
  ];
  return mustBeUsed
    .filter(({ name }) => !used.has(name))
    .map(({ name, line }) => ({
      file: template.path,
      line,
      rule: 'names',
      message: `${name} is never used`,
    }));
}

function doubleNames(template: Template): Finding[] {
  const all = declarationsOf(template);
  return all
    .filter(({ name }, index) => all.findIndex((other) => other.name === name) !== index)
    .map(({ name, line }) => ({
      file: template.path,
      line,
      rule: 'names',
      message: `${name} is declared twice`,
    }));
}

function wrongMembers(template: Template): Finding[] {
  const resources = new Set(template.resources.map(({ name }) => name));
  return everything(template.root).flatMap((node) => {
    const member = node.type === 'member_expression' ? /^(\w+)!?\.(\w+)$/.exec(node.text) : null;
    if (member === null || !resources.has(member[1] ?? '') || ofResource.has(member[2] ?? '')) return [];
    return [finding(template, node, 'is not a member of a resource')];
  });
}

function declarationsOf({ parameters, variables, resources, modules }: Template) {
  return [...parameters, ...variables, ...resources, ...modules];
}

function ancestors(node: Node): Node[] {
  return node.parent === undefined ? [] : [node.parent, ...ancestors(node.parent)];
}

function finding({ path }: Template, node: Node, what: string): Finding {
  return { file: path, line: node.line, rule: 'names', message: `${node.text} ${what}` };
}
