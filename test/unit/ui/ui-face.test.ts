import { readdirSync, readFileSync } from 'node:fs';
import { uiFace } from '../../../shared/ui/ui-face';

const face = uiFace();
const assets = readdirSync('shared/ui/assets');

const ask = (path: string, { method = 'GET', tag }: { method?: string; tag?: string } = {}) =>
  face.handle({
    method,
    url: `https://lifeboat.example${path}`,
    headers: { get: (name) => (name.toLowerCase() === 'if-none-match' ? (tag ?? null) : null) },
  });

describe('the page’s face', () => {
  it.each(assets)('serves %s as it is, to talk to this service only', async (name) => {
    const { status, headers, body } = await ask(`/ui/${name}`);
    expect(status).toBe(200);
    expect(body).toBe(readFileSync(`shared/ui/assets/${name}`, 'utf8'));
    expect(headers?.['Content-Type']).toMatch(/^text\/(html|css|javascript); charset=utf-8$/);
    expect(headers?.['Content-Security-Policy']).toMatch(/default-src 'none'.*connect-src 'self'/);
  });

  it('serves the page itself at /ui and /ui/', async () => {
    expect((await ask('/ui')).body).toContain('<!doctype html>');
    expect((await ask('/ui/')).body).toContain('<!doctype html>');
  });

  it('answers 304 to who has it already', async () => {
    const tag = (await ask('/ui/page.js')).headers?.['ETag'] ?? '';
    expect(await ask('/ui/page.js', { tag })).toMatchObject({ status: 304 });
    expect(await ask('/ui/page.js', { tag: '"older"' })).toMatchObject({ status: 200 });
  });

  it.each([
    '/ui/nothing.js',
    '/ui/../package.json',
    '/ui/%2e%2e/package.json',
    '/ui/assets/page.js',
    '/ui//',
  ])('has nothing at %s', async (path) => {
    expect((await ask(path)).body ?? '').not.toContain('"lifeboat"');
    expect((await ask(path)).status).not.toBe(200);
  });

  it('answers 404 where the package was put together without the page', async () => {
    const request = { method: 'GET', url: 'https://lifeboat.example/ui', headers: { get: () => null } };
    expect(await uiFace('/nowhere').handle(request)).toMatchObject({ status: 404 });
  });

  it('is read-only', async () => {
    expect(await ask('/ui', { method: 'POST' })).toEqual({ status: 405, headers: { Allow: 'GET, HEAD' } });
  });

  it('names nothing from elsewhere, and puts no text in as markup', () => {
    for (const name of assets) {
      const text = readFileSync(`shared/ui/assets/${name}`, 'utf8').replaceAll(
        'http://www.w3.org/2000/svg',
        '',
      );
      expect(text).not.toMatch(/https?:\/\/|innerHTML|insertAdjacentHTML|document\.write|eval\(|\bon\w+="/);
    }
  });
});
