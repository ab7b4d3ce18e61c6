import type { Finding } from '../finding';
import type { Infra } from '../infra';
import type { Node } from '../node';
import { at, literal, type Template } from '../template';

/** The longest name each kind takes. Kinds whose names are ours alone, below another resource, are left out. */
const limits: Readonly<Record<string, number>> = {
  'Microsoft.DocumentDB/databaseAccounts': 44,
  'Microsoft.DurableTask/schedulers': 64,
  'Microsoft.EventGrid/systemTopics': 50,
  'Microsoft.Insights/components': 255,
  'Microsoft.KeyVault/vaults': 24,
  'Microsoft.ManagedIdentity/userAssignedIdentities': 128,
  'Microsoft.Network/privateEndpoints': 80,
  'Microsoft.Network/virtualNetworks': 64,
  'Microsoft.OperationalInsights/workspaces': 63,
  'Microsoft.Resources/resourceGroups': 90,
  'Microsoft.ServiceBus/namespaces': 50,
  'Microsoft.Storage/storageAccounts': 24,
  'Microsoft.Web/serverfarms': 60,
  'Microsoft.Web/sites': 60,
};

/** No name can grow beyond what its kind takes, whatever the parameters are. */
export function lengths({ templates }: Infra): Finding[] {
  return templates.flatMap((template) => [...ofResources(template), ...ofArguments(template, templates)]);
}

function ofResources(template: Template): Finding[] {
  return template.resources.flatMap(({ type, name, line, body, isExisting }) => {
    const limit = limits[type];
    if (limit === undefined || isExisting) return [];
    const longest = longestOf(at(body, 'name'), template);
    return longest <= limit ? [] : [finding(template, line, `${name} can be ${longest} long, not ${limit}`)];
  });
}

/** What a module bounds, its callers keep to. */
function ofArguments(template: Template, templates: readonly Template[]): Finding[] {
  return template.modules.flatMap((module) => {
    const target = templates.find(({ path }) => path.endsWith(`/${module.path}`));
    return [...module.parameters].flatMap(([name, value]) => {
      const limit = bound(target, name);
      const longest = longestOf(value, template);
      if (limit === undefined || longest <= limit) return [];
      return [finding(template, module.line, `${module.name}: ${name} can be ${longest} long, not ${limit}`)];
    });
  });
}

/** The greatest length an expression can have; without a bound, infinite. */
function longestOf(node: Node | undefined, template: Template): number {
  if (node === undefined) return Infinity;
  const [first, second] = node.children;
  if (node.type === 'string') {
    if (literal(node) !== undefined) return node.text.length - 2;
    return sum(node.children.map((part) => longestOf(part, template)));
  }
  if (node.type === 'string_content') return node.text.length;
  if (node.type === 'interpolation') return longestOf(first, template);
  if (node.type === 'identifier') return longestOfName(node.text, template);
  if (node.type !== 'call_expression' || second === undefined) return Infinity;
  const [argument, count] = second.children;
  if (first?.text === 'uniqueString') return 13;
  if (first?.text === 'toLower') return longestOf(argument, template);
  return first?.text === 'take' ? Number(count?.text) : Infinity;
}

function longestOfName(name: string, template: Template): number {
  const variable = template.variables.find((candidate) => candidate.name === name);
  return variable === undefined ? (bound(template, name) ?? Infinity) : longestOf(variable.value, template);
}

function bound(template: Template | undefined, name: string): number | undefined {
  const found = template?.parameters
    .find((candidate) => candidate.name === name)
    ?.decorators.get('maxLength');
  return found === undefined ? undefined : Number(found);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function finding({ path }: Template, line: number, message: string): Finding {
  return { file: path, line, rule: 'lengths', message };
}
