import { z } from 'zod';
import { createFabric, FabricInput } from '../fabrics/create-fabric';
import type { ApiAnswer } from '../http/exchange';
import { control, type ControlPlan } from '../jobs/control';
import type { Call } from '../operations/call';
import { fabricPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { required } from '../resources/stored';

/** Operations that take no body take any object, as the real service does. */
export const Nothing = z.looseObject({});

/** A job that changes nothing but is seen to have been done: what it asks for happens by itself here. */
export async function acknowledge(
  call: Call,
  words: Pick<ControlPlan, 'scenarioName' | 'friendlyName' | 'targetInstanceType'>,
  properties: Record<string, unknown> = {},
): Promise<ApiAnswer> {
  const resource = await required(call);
  return control(call, {
    ...words,
    changes: [{ change: 'merge', id: resource.id, properties }],
    resultId: resource.id,
  });
}

/** A job that removes what the path names, unless something refers to it. */
export async function removal(
  call: Call,
  words: Pick<ControlPlan, 'scenarioName' | 'friendlyName' | 'targetInstanceType'>,
  options: { readonly force?: boolean } = {},
): Promise<ApiAnswer> {
  const resource = await required(call);
  return control(call, {
    ...words,
    changes: [{ change: 'remove', id: resource.id }],
    unreferred: options.force === true ? [] : [resource.id],
  });
}

const server = { targetInstanceType: 'Server' };
const deleting = { scenarioName: 'DeleteSite', friendlyName: 'Delete a site', ...server };

export const fabricOperations: readonly Operation[] = [
  list('ReplicationFabrics_List', `${vaultPath}/replicationFabrics`, 0),
  read('ReplicationFabrics_Get', fabricPath, 0),
  job('ReplicationFabrics_Create', ['PUT', fabricPath, 0], FabricInput, createFabric),
  job('ReplicationFabrics_Purge', ['DELETE', fabricPath, 0], Nothing, (call) => removal(call, deleting)),
  job('ReplicationFabrics_CheckConsistency', ['POST', `${fabricPath}/checkConsistency`, 1], Nothing, (call) =>
    acknowledge(
      call,
      { scenarioName: 'ConsistencyCheck', friendlyName: 'Check consistency', ...server },
      { consistencyCheckedAtInMs: call.services.clock.now() },
    ),
  ),
  job('ReplicationFabrics_MigrateToAad', ['POST', `${fabricPath}/migratetoaad`, 2], Nothing, (call) =>
    acknowledge(call, { scenarioName: 'MigrateToAad', friendlyName: 'Migrate to Entra ID', ...server }),
  ),
  job(
    'ReplicationFabrics_ReassociateGateway',
    ['POST', `${fabricPath}/reassociateGateway`, 2],
    Nothing,
    (call) =>
      acknowledge(call, {
        scenarioName: 'ReassociateGateway',
        friendlyName: 'Change process server',
        ...server,
      }),
  ),
  job('ReplicationFabrics_Delete', ['POST', `${fabricPath}/remove`, 0], Nothing, (call) =>
    removal(call, deleting),
  ),
  job('ReplicationFabrics_RenewCertificate', ['POST', `${fabricPath}/renewCertificate`, 2], Nothing, (call) =>
    acknowledge(
      call,
      { scenarioName: 'RenewCertificate', friendlyName: 'Renew certificate', ...server },
      { certificateRenewalAskedAtInMs: call.services.clock.now() },
    ),
  ),
];
