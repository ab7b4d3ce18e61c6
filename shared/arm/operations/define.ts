import type { z } from 'zod';
import { actionOf } from '../identity/action-of';
import type { ApiAnswer } from '../http/exchange';
import { parseBody } from '../../contracts/request-body';
import { listPage, type Listing } from '../resources/list';
import { readOne } from '../resources/read';
import type { Call } from './call';
import type { Method, Operation } from './operation';

/** The path of a vault. */
export const vaultPath =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.RecoveryServices/vaults/{resourceName}';
export const fabricPath = `${vaultPath}/replicationFabrics/{fabricName}`;
export const containerPath = `${fabricPath}/replicationProtectionContainers/{protectionContainerName}`;
export const itemPath = `${containerPath}/replicationProtectedItems/{replicatedProtectedItemName}`;

type Importance = Operation['importance'];

/** GET of one resource. */
export function read(
  name: string,
  path: string,
  importance: Importance,
  handle: Operation['handle'] = (call) => readOne(call),
): Operation {
  return define({ name, method: 'GET', path, importance, answers: 'resource', handle });
}

/** GET of a page of resources. */
export function list(
  name: string,
  path: string,
  importance: Importance,
  options: { listing?: Listing; query?: readonly string[]; handle?: (call: Call) => Promise<ApiAnswer> } = {},
): Operation {
  const listing = options.listing ?? { type: path.slice(path.lastIndexOf('/') + 1) };
  return define({
    name,
    method: 'GET',
    path,
    importance,
    answers: 'page',
    query: options.query ?? [],
    handle: options.handle ?? ((call) => listPage(call, listing)),
  });
}

/** PUT, PATCH, POST or DELETE that starts a job. */
export function job<T extends object>(
  name: string,
  at: readonly [Method, string, Importance],
  body: z.ZodType<T>,
  handle: (call: Call, body: T) => Promise<ApiAnswer>,
): Operation {
  const [method, path, importance] = at;
  return withBody({ name, method, path, importance, answers: 'job' }, body, handle);
}

/** PUT, PATCH, POST or DELETE that is done when it answers. */
export function now<T extends object>(
  name: string,
  at: readonly [Method, string, Importance],
  body: z.ZodType<T>,
  handle: (call: Call, body: T) => Promise<ApiAnswer>,
): Operation {
  const [method, path, importance] = at;
  return withBody({ name, method, path, importance, answers: 'resource' }, body, handle);
}

type Defined = Omit<Operation, 'action' | 'summary'>;

function withBody<T extends object>(
  operation: Omit<Defined, 'handle' | 'body'>,
  body: z.ZodType<T>,
  handle: (call: Call, body: T) => Promise<ApiAnswer>,
): Operation {
  return define({ ...operation, body, handle: (call) => handle(call, parseBody(body, call.body)) });
}

function define(operation: Defined): Operation {
  const action = actionOf(operation.method, operation.path);
  return { ...operation, action, summary: summaryOf(operation.name) };
}

/** "ReplicationFabrics_CheckConsistency" says enough: "Replication fabrics: check consistency". */
function summaryOf(name: string): string {
  const [group = '', verb = ''] = name.split('_').map((part) =>
    part
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .trim(),
  );
  return `${group.charAt(0).toUpperCase()}${group.slice(1)}: ${verb}`;
}
