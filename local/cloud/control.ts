import { createServer } from 'node:http';
import type { PartStatus } from './part';

export interface ControlOptions {
  readonly port: number;
  /** The addresses at which the storage accounts are told to save. */
  readonly saves: readonly string[];
  readonly status: () => readonly PartStatus[];
}

const saveTimeoutInMs = 30_000;

/** `POST /save` saves every storage account; `GET /status` says what runs. On 127.0.0.1. */
export async function startControl(options: ControlOptions): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    request.resume();
    const asked = `${request.method ?? ''} ${request.url ?? ''}`;
    if (asked === 'POST /save') {
      Promise.all(options.saves.map(save)).then(
        () => response.writeHead(200).end(),
        (error: unknown) =>
          response.writeHead(503).end(`${error instanceof Error ? error.message : 'not saved'}\n`),
      );
    } else if (asked === 'GET /status') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(options.status()));
    } else {
      response.writeHead(404).end('Only POST /save and GET /status are answered here.\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

async function save(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(saveTimeoutInMs) }).catch(
    (error: unknown) => {
      throw new Error(`A storage account did not answer at ${url}.`, { cause: error });
    },
  );
  const said = await response.text();
  if (!response.ok) throw new Error(`A storage account could not save: ${said.trim()}`);
}
