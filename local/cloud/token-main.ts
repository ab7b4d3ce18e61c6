import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const Running = z.object({
  tokenEndpoint: z.url(),
  authorityFile: z.string(),
  defaultResource: z.string(),
  directoryFile: z.string(),
});
const Directory = z.object({
  principals: z.array(z.object({ name: z.string(), clientId: z.string(), secret: z.string() })),
});
const Answer = z.union([
  z.object({ access_token: z.string() }),
  z.object({ error: z.string(), error_description: z.string() }),
]);

/** `npm run --silent token -- --as operator [--for <resource>] [--data .lifeboat]` prints a bearer token. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      as: { type: 'string' },
      for: { type: 'string' },
      data: { type: 'string', default: '.lifeboat' },
    },
  });
  const running = Running.parse(await jsonOf(join(values.data, 'running.json'), values.data));
  const { principals } = Directory.parse(await jsonOf(running.directoryFile, values.data));
  const principal = principals.find(({ name }) => name === values.as);
  if (principal === undefined) {
    throw new Error(`Say who: --as ${principals.map(({ name }) => name).join(' | ')}`);
  }
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: principal.clientId,
    client_secret: principal.secret,
    scope: `${values.for ?? running.defaultResource}/.default`,
  });
  const authority = await readFile(running.authorityFile, 'utf8');
  const answer = Answer.parse(JSON.parse(await post(running.tokenEndpoint, form.toString(), authority)));
  if ('error' in answer) throw new Error(answer.error_description);
  console.log(answer.access_token);
}

async function jsonOf(file: string, dataFolder: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`No local cloud runs on ${dataFolder}: npm start brings it up.`, { cause: error });
  });
  return JSON.parse(text) as unknown;
}

function post(url: string, body: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const call = request(url, { method: 'POST', headers, ca }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve(text)).once('error', reject);
    });
    call.once('error', reject).end(body);
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
