import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiRequest } from '../../../shared/arm/http/exchange';
import { selfSigned } from '../host/self-signed';
import type { Jobs } from '../../../shared/ports/jobs';
import type { Api } from '../../../shared/wiring/api';

export interface SecureServer {
  readonly endpoint: string;
  readonly certificate: string;
  stop(): Promise<void>;
}

/** What answers, and what runs the jobs it starts. */
export interface FrontDoor {
  readonly api: Api;
  readonly jobs: Jobs;
}

/** A front door on a port of this machine, over TLS: official clients send no token without it. */
export async function serveSecurely(door: FrontDoor): Promise<SecureServer> {
  const folder = mkdtempSync(join(tmpdir(), 'arm-'));
  const { certificateFile, privateKeyFile } = await selfSigned(folder);
  const certificate = readFileSync(certificateFile, 'utf8');
  const server = https.createServer(
    { cert: certificate, key: readFileSync(privateKeyFile) },
    (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        const headers = new Headers(
          Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as [string, string]),
        );
        const request: ApiRequest = {
          method: incoming.method ?? 'GET',
          url: `https://${incoming.headers.host ?? ''}${incoming.url ?? ''}`,
          headers,
          text: () => Promise.resolve(Buffer.concat(parts).toString('utf8')),
        };
        void door.api(request, door.jobs).then((answer) => {
          const isJson = answer.jsonBody !== undefined;
          outgoing.writeHead(answer.status, {
            ...answer.headers,
            ...(isJson ? { 'Content-Type': 'application/json' } : {}),
          });
          outgoing.end(isJson ? JSON.stringify(answer.jsonBody) : (answer.body ?? ''));
        });
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
