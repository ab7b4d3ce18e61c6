import type { Finding } from '../finding';
import type { Infra } from '../infra';
import { everything } from '../node';
import { at, literal, propertiesOf, type Resource, type Template } from '../template';

/** The roles the service may hold, by the name its variable must have. Ids are the same in every tenant. */
export const allowedRoles: Readonly<Record<string, string>> = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  sender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
  receiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
  durableTaskDataContributor: '0ad04412-c4d5-4796-b79c-f76d14c8d402',
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  cryptoServiceEncryptionUser: 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  builtInDataContributor: '00000000-0000-0000-0000-000000000002',
};

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Only these may be held whole, on the group that recovered machines live in. */
const wholes = [
  'Microsoft.Compute/disks/*',
  'Microsoft.Compute/snapshots/*',
  'Microsoft.Compute/virtualMachines/*',
  'Microsoft.Network/networkInterfaces/*',
];
const groupRoles = 'infra/modules/role-on-group.bicep';

/** Roles are those of the list, on one resource each, for a service principal; custom ones stay narrow. */
export function roles({ templates }: Infra): Finding[] {
  return templates.flatMap((template) => [
    ...unknownIds(template),
    ...template.resources.flatMap((resource) => [
      ...wrongAssignment(template, resource),
      ...wideActions(template, resource),
    ]),
  ]);
}

function unknownIds(template: Template): Finding[] {
  const named = new Map(template.variables.map(({ name, value }) => [value, name]));
  return everything(template.root)
    .filter((node) => guid.test(literal(node) ?? ''))
    .filter((node) => allowedRoles[named.get(node) ?? ''] !== literal(node))
    .map((node) =>
      finding(template, node.line, `${node.text} is not the id of an allowed role by this name`),
    );
}

function wrongAssignment(template: Template, { type, name, line, body }: Resource): Finding[] {
  if (type !== 'Microsoft.Authorization/roleAssignments') return [];
  const scope = at(body, 'scope')?.text ?? '';
  const isResource = template.resources.some((resource) => resource.name === scope);
  const isGroup = template.path === groupRoles && scope === 'resourceGroup()';
  return [
    ...(isResource || isGroup ? [] : [finding(template, line, `${name} is not scoped to one resource`)]),
    ...(literal(at(body, 'properties.principalType')) === 'ServicePrincipal'
      ? []
      : [finding(template, line, `${name} does not say that it is for a service principal`)]),
  ];
}

function wideActions(template: Template, { type, name, line, body }: Resource): Finding[] {
  if (type !== 'Microsoft.Authorization/roleDefinitions') return [];
  const permissions = at(body, 'properties.permissions');
  const actions = (permissions === undefined ? [] : everything(permissions))
    .flatMap((node) => everything(propertiesOf(node).get('actions') ?? node).map(literal))
    .filter((action): action is string => action !== undefined);
  const wide = [...new Set(actions)].filter(
    (action) =>
      (action.includes('*') && !wholes.includes(action)) ||
      /^Microsoft\.Authorization\//i.test(action) ||
      /\/list\w*\/action$/i.test(action),
  );
  return wide.map((action) => finding(template, line, `${name} may do too much: ${action}`));
}

function finding({ path }: Template, line: number, message: string): Finding {
  return { file: path, line, rule: 'roles', message };
}
