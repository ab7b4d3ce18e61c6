import { z } from 'zod';

const DurableHttpRequest = z.looseObject({
  method: z.string(),
  uri: z.string(),
  content: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tokenSource: z.unknown().optional(),
});

/** The activity behind `callHttp`: one request, whatever its answer. Input and output are JSON text. */
export async function sendHttp(input: string | null): Promise<string> {
  const request = DurableHttpRequest.parse(JSON.parse(input ?? '{}'));
  if (request.tokenSource !== undefined && request.tokenSource !== null) {
    throw new Error('callHttp with a token source needs a managed identity, and there is none here');
  }
  const response = await fetch(request.uri, {
    method: request.method,
    headers: request.headers ?? {},
    ...(request.content === null || request.content === undefined ? {} : { body: request.content }),
  });
  return JSON.stringify({
    statusCode: response.status,
    content: await response.text(),
    headers: Object.fromEntries(response.headers),
  });
}
