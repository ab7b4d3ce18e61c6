import { z } from 'zod';
import { webhookInput, WebhookBody } from '../events/webhooks';
import { LifeboatError } from '../../errors';
import { removeResource } from '../../service/catalogue/resources';
import type { ApiAnswer } from '../http/exchange';
import { RoleAssignment, roleAssignmentsType } from '../identity/authorize';
import { roles } from '../identity/roles';
import type { Call } from '../operations/call';
import { list, now, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { putNow } from '../resources/put-now';
import { checkConditions, ifMatch } from '../resources/read';
import { existing } from '../resources/stored';
import { deletedItemOperations } from './deleted-items';
import { Nothing } from './fabrics';

const assignments = `${vaultPath}/${roleAssignmentsType}`;
const webhooks = `${vaultPath}/webhooks`;

const AssignmentBody = z.looseObject({ properties: RoleAssignment });

async function putAssignment(call: Call, { properties }: z.infer<typeof AssignmentBody>): Promise<ApiAnswer> {
  const wanted = properties.roleDefinitionId.toLowerCase().split('/').at(-1) ?? '';
  const role = Object.entries(roles).find(
    ([name, { definitionId }]) => definitionId === wanted || name.toLowerCase() === wanted,
  );
  if (role === undefined) {
    throw new LifeboatError('BadRequest', `There is no role "${properties.roleDefinitionId}".`, {
      target: 'properties.roleDefinitionId',
    });
  }
  const answer = await putNow(call, () => ({ ...properties, roleName: role[0] }));
  call.services.authority.forget(call.vaultId);
  return answer;
}

async function deleteNow(call: Call): Promise<ApiAnswer> {
  if (ifMatch(call) !== undefined) checkConditions(call, (await existing(call))?.etag);
  await removeResource(call.services.records, call.resourceId, ifMatch(call));
  call.services.authority.forget(call.vaultId);
  return { status: 204 };
}

function putWebhook(call: Call, body: z.infer<typeof WebhookBody>): Promise<ApiAnswer> {
  return putNow(call, (before) => webhookInput(body, before));
}

const RebuildBody = z.strictObject({ afterId: z.uuid().optional() });

async function rebuildReplicas(call: Call, { afterId }: z.infer<typeof RebuildBody>): Promise<ApiAnswer> {
  return { status: 200, jsonBody: await call.services.rebuildReplicas(afterId) };
}

/** What lifeboat has beyond Site Recovery's own API, in the same style. */
export const extensionOperations: readonly Operation[] = [
  list('RoleAssignments_List', assignments, 1),
  read('RoleAssignments_Get', `${assignments}/{roleAssignmentName}`, 1),
  now(
    'RoleAssignments_Create',
    ['PUT', `${assignments}/{roleAssignmentName}`, 1],
    AssignmentBody,
    putAssignment,
  ),
  now('RoleAssignments_Delete', ['DELETE', `${assignments}/{roleAssignmentName}`, 1], Nothing, deleteNow),
  list('Webhooks_List', webhooks, 1),
  read('Webhooks_Get', `${webhooks}/{webhookName}`, 1),
  now('Webhooks_Create', ['PUT', `${webhooks}/{webhookName}`, 1], WebhookBody, putWebhook),
  now('Webhooks_Delete', ['DELETE', `${webhooks}/{webhookName}`, 1], Nothing, deleteNow),
  now('Vaults_RebuildReplicas', ['POST', `${vaultPath}/rebuildReplicas`, 1], RebuildBody, rebuildReplicas),
  read('ReplicationJobExports_Get', `${vaultPath}/replicationJobExports/{exportName}`, 1),
  list('ReplicationEvidence_List', `${vaultPath}/replicationEvidence`, 1),
  read('ReplicationEvidence_Get', `${vaultPath}/replicationEvidence/{evidenceName}`, 1),
  list('AuditRecords_List', `${vaultPath}/auditRecords`, 1, { listing: { type: 'auditRecords' } }),
  ...deletedItemOperations,
];
