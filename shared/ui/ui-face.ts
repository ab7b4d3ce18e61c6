import { existsSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { extname, join } from 'node:path';

interface UiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

interface UiAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface UiFace {
  readonly prefix: string;
  handle(request: UiRequest): Promise<UiAnswer>;
}

/** The files of the page, by the last part of their address. */
const files: ReadonlySet<string> = new Set([
  'index.html',
  'style.css',
  'page.js',
  'api.js',
  'dom.js',
  'words.js',
  'charts.js',
  'health.js',
  'machine.js',
  'machines.js',
  'machine-details.js',
  'jobs.js',
]);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** The page may talk to this service only, and nothing may be put into it or around it. */
const security = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** The read-only page. Anybody may load it; it shows only what the viewer's own token may read. */
export function uiFace(folder: string = assetFolder()): UiFace {
  const known = new Map<string, { body: string; tag: string }>();
  const read = (name: string): { body: string; tag: string } => {
    const kept = known.get(name);
    if (kept !== undefined) return kept;
    const body = readFileSync(join(folder, name), 'utf8');
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    known.set(name, { body, tag });
    return { body, tag };
  };
  return {
    prefix: '/ui',
    handle: async ({ method, url, headers }) => {
      if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { Allow: 'GET, HEAD' } };
      const name = new URL(url).pathname.slice('/ui/'.length) || 'index.html';
      // A package that was put together without the page has no page; the API is whole without it.
      if (!files.has(name) || !existsSync(join(folder, name))) return { status: 404, headers: security };
      const { body, tag } = read(name);
      const common = { ...security, ETag: tag, 'Cache-Control': 'no-cache' };
      if (headers.get('if-none-match') === tag) return { status: 304, headers: common };
      return { status: 200, headers: { ...common, 'Content-Type': types[extname(name)] ?? '' }, body };
    },
  };
}

/** The page is not compiled: it lies beside this file in the source, and there also for what was compiled of it. */
function assetFolder(): string {
  const places = [join(__dirname, 'assets'), join(__dirname, '..', '..', '..', 'shared', 'ui', 'assets')];
  return places.find((place) => existsSync(place)) ?? places[0] ?? '';
}
