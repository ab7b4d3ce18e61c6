import { isRefusal } from '../../errors';
import type { Jobs } from '../../ports/jobs';
import type { AuditTrail } from '../../service/audit/audit-trail';
import { apiVersionOf } from '../http/api-version';
import { readBody } from '../http/body';
import { errorAnswer, type Trace } from '../http/error-answer';
import type { ApiAnswer, ApiRequest } from '../http/exchange';
import { publicAddress } from '../http/public-address';
import { authorize, authorizeLinks } from '../identity/authorize';
import type { Caller, VerifyToken } from '../identity/tokens';
import { operationResults, operationStatus } from '../jobs/operation-status';
import type { ApiServices, Call } from '../operations/call';
import { vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { operations } from '../table';
import { knownVaults } from './known-vaults';
import { router, type Route } from './router';

export interface ArmFace {
  readonly services: Omit<ApiServices, 'jobs'>;
  readonly verify: VerifyToken;
  readonly audit: AuditTrail;
}

/** Where long-running operations are followed; they are no operations of the table, but read like jobs. */
const followers: readonly Operation[] = ['replicationOperationStatus', 'operationresults'].map((segment) => ({
  name: segment,
  method: 'GET',
  path: `${vaultPath}/${segment}/{jobId}`,
  summary: segment,
  action: 'Microsoft.RecoveryServices/vaults/replicationJobs/read',
  importance: 0,
  answers: 'resource',
  handle: segment === 'operationresults' ? operationResults : operationStatus,
}));

/** The Site Recovery API: who are you, what do you want, may you, is it well said; then the operation itself. */
export function armFace(face: ArmFace): (request: ApiRequest, jobs: Jobs) => Promise<ApiAnswer> {
  const find = router([...operations, ...followers]);
  const vaultNamed = knownVaults(face.services.records, face.services.clock);

  async function answer(request: ApiRequest, jobs: Jobs, trace: Trace): Promise<ApiAnswer> {
    const caller = await face.verify(request.headers.get('authorization'));
    const url = new URL(request.url);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = find(method, followedPath(url.pathname));
    const apiVersion = apiVersionOf(url.searchParams);
    const vaultId = vaultIn(route);
    const who = { authority: face.services.authority, caller };
    await authorize(who, route.operation.action, vaultId);

    const storedVault = vaultId === undefined || isAboutVault(route) ? vaultId : await vaultNamed(vaultId);
    const body = route.operation.body === undefined ? undefined : await readBody(request);
    if (storedVault !== undefined) {
      await authorizeLinks(who, { action: route.operation.action, vaultId: storedVault, body });
    }
    const call: Call = {
      services: { ...face.services, jobs },
      caller,
      params: route.params,
      vaultId: storedVault ?? '',
      resourceId: resourceOf(route, vaultId, storedVault),
      query: url.searchParams,
      body,
      headers: request.headers,
      address: publicAddress(request),
      path: url.pathname,
      apiVersion,
      activityId: `${trace.clientRequestId ?? trace.requestId} ActivityId: ${trace.requestId}`,
    };
    const result = await route.operation.handle(call);
    await note(call, route.operation, caller, result);
    return request.method === 'HEAD' ? bodiless(result) : result;
  }

  async function note(call: Call, operation: Operation, caller: Caller, result: ApiAnswer): Promise<void> {
    if (operation.method === 'GET') return;
    const jobId = result.headers?.['x-ms-request-id']?.split('/').at(-1);
    await face.audit.append(call.vaultId === '' ? 'installation' : call.vaultId, {
      timeInMs: call.services.clock.now(),
      callerId: caller.objectId,
      callerName: caller.name,
      operation: operation.name,
      resourceId: call.resourceId,
      status: result.status,
      ...(jobId === undefined ? {} : { jobId }),
    });
  }

  return async (request, jobs) => {
    const trace = traceOf(request, face.services.ids.uuid());
    try {
      return withTrace(await answer(request, jobs, trace), request, trace);
    } catch (error) {
      if (!isRefusal(error)) {
        face.services.log.error('a request failed', { requestId: trace.requestId, error: describe(error) });
      }
      return withTrace(errorAnswer(error, trace), request, trace);
    }
  };
}

/** The result of an operation hangs below its resource; for the router it hangs below the vault. */
function followedPath(path: string): string {
  const match = /^(.*?\/vaults\/[^/]+)(?:\/.*)?\/operationresults\/([^/]+)\/?$/i.exec(path);
  return match === null ? path : `${match[1] ?? ''}/operationresults/${match[2] ?? ''}`;
}

function vaultIn(route: Route): string | undefined {
  if (!route.operation.path.startsWith(vaultPath)) return undefined;
  return route.path.split('/').slice(0, vaultPath.split('/').length).join('/');
}

/** Operations on a vault itself say on their own that it is missing, or make it. */
function isAboutVault(route: Route): boolean {
  return route.operation.path === vaultPath;
}

/** The resource that a path names: without the verb of a POST, and with the vault as its creator spelt it. */
function resourceOf(route: Route, vaultId: string | undefined, storedVault: string | undefined): string {
  const path = vaultId === undefined ? route.path : `${storedVault ?? ''}${route.path.slice(vaultId.length)}`;
  return route.operation.method === 'POST' ? path.slice(0, path.lastIndexOf('/')) : path;
}

function traceOf(request: ApiRequest, requestId: string): Trace {
  const given = request.headers.get('x-ms-client-request-id');
  return { requestId, clientRequestId: given !== null && /^[\w-]{1,64}$/.test(given) ? given : undefined };
}

function withTrace(answer: ApiAnswer, request: ApiRequest, trace: Trace): ApiAnswer {
  const correlation = request.headers.get('x-ms-correlation-request-id');
  return {
    ...answer,
    headers: {
      'x-ms-request-id': trace.requestId,
      'x-ms-correlation-request-id':
        correlation !== null && /^[\w-]{1,64}$/.test(correlation) ? correlation : trace.requestId,
      ...(trace.clientRequestId === undefined ? {} : { 'x-ms-client-request-id': trace.clientRequestId }),
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...answer.headers,
    },
  };
}

function bodiless({ status, headers }: ApiAnswer): ApiAnswer {
  return { status, ...(headers === undefined ? {} : { headers }) };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
