import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface CatalogueAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface CatalogueRequest {
  readonly method: string;
  /** Decoded, without a slash in front: `dbs/a/colls/b/docs`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
}

/** Signs and sends single requests, without the SDK's retries, so that a test sees what the server itself answered. */
export class CatalogueClient {
  readonly #agent = new Agent({ keepAlive: true });

  constructor(
    readonly port: number,
    readonly key: string,
  ) {}

  send({ method, path, headers = {}, body, text }: CatalogueRequest): Promise<CatalogueAnswer> {
    const date = new Date().toUTCString();
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          agent: this.#agent,
          method,
          path: `/${path.split('/').map(encodeURIComponent).join('/')}`,
          headers: {
            'x-ms-date': date,
            ...(content !== undefined && { 'content-length': Buffer.byteLength(content) }),
            authorization: signed({ method, path, date, key: this.key }),
            ...headers,
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(content);
    });
  }

  query(
    path: string,
    query: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CatalogueAnswer> {
    const asQuery = { 'content-type': 'application/query+json', 'x-ms-max-item-count': '1000' };
    return this.send({ method: 'POST', path, headers: { ...asQuery, ...headers }, body: { query } });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function signed({ method, path, date, key }: Record<'method' | 'path' | 'date' | 'key', string>): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const isItem = segments.length % 2 === 0;
  const type = segments.at(isItem ? -2 : -1) ?? '';
  const link = (isItem ? segments : segments.slice(0, -1)).join('/');
  const text = [method.toLowerCase(), type, link, date.toLowerCase(), '', ''].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return encodeURIComponent(`type=master&ver=1.0&sig=${signature}`);
}
