import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { Connection } from './connection';

const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export interface Question {
  readonly method: 'GET' | 'POST';
  /** Below the vault. */
  readonly path: string;
  readonly body?: object;
}

/** Asks the vault for what the official clients do not know. A refusal is thrown as theirs are. */
export async function askService(
  { vaults, settings, group, vault }: Connection,
  { method, path, body }: Question,
): Promise<PipelineResponse> {
  const vaultPath = `/subscriptions/${vaults.subscriptionId}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
  const request = createPipelineRequest({
    method,
    url: `${settings.endpoint}${vaultPath}/${path}?api-version=2025-08-01`,
    headers: createHttpHeaders({ 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeout: 600_000,
  });
  const response = await vaults.sendRequest(request);
  if (response.status < 300) return response;
  const { data } = Refused.safeParse(JSON.parse(response.bodyAsText ?? '{}'));
  throw new RestError(data?.error.message ?? `The service answered ${response.status}.`, {
    statusCode: response.status,
    code: data?.error.code ?? `Status${response.status}`,
    ...{ request, response },
  });
}
