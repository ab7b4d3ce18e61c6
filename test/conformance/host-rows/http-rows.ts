import { strict as assert } from 'node:assert';
import { readKeys } from '../../support/host/read-keys';
import { rowsOf } from './row';

const post = (body: string): RequestInit => ({ method: 'POST', body });

export const httpRows = rowsOf('HTTP', {
  'route parameters, constraints, optional and catch-all': async ({ host }) => {
    assert.deepEqual(((await host.json('/api/items/5/x')) as { params: object }).params, {
      id: '5',
      part: 'x',
    });
    assert.deepEqual(((await host.json('/api/items/5')) as { params: object }).params, { id: '5' });
    assert.equal((await host.get('/api/items/x')).status, 404);
    assert.deepEqual(((await host.json('/api/echo/a/b')) as { params: object }).params, { path: 'a/b' });
  },
  'the function name is the route when none is given': async ({ host }) => {
    assert.equal(await (await host.get('/api/DEFAULTNAME')).text(), 'by name');
  },
  'query, headers and body reach the handler': async ({ host }) => {
    const seen = await host.json('/api/echo/x?a=1', { ...post('text'), headers: { 'x-own': 'y' } });
    const { query, headers, body } = seen as { query: object; headers: Record<string, string>; body: string };
    assert.deepEqual([query, headers['x-own'], body], [{ a: '1' }, 'y', 'text']);
  },
  'status, headers, cookies and bytes reach the caller': async ({ host }) => {
    const answer = await host.get('/api/teapot');
    assert.equal(answer.status, 418);
    assert.equal(answer.headers.getSetCookie().length, 2);
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0, 1, 2, 255]);
  },
  '204 for no result, 500 with no body for a failure, 404 for a wrong method': async ({ host }) => {
    assert.equal((await host.get('/api/nothing')).status, 204);
    const failed = await host.get('/api/throwing');
    assert.deepEqual([failed.status, await failed.text()], [500, '']);
    assert.equal((await host.get('/api/teapot', { method: 'DELETE' })).status, 404);
  },
  'authLevel function: 401 without a key; function, host and master key open': async ({ host, folder }) => {
    const keys = readKeys(folder.data);
    assert.equal((await host.get('/api/guarded')).status, 401);
    for (const key of [keys.functionKeys['guarded']?.['default'], keys.hostKeys['default'], keys.masterKey]) {
      assert.equal((await host.get(`/api/guarded?code=${key}`)).status, 200);
    }
  },
  'authLevel admin: the master key alone': async ({ host, folder }) => {
    const keys = readKeys(folder.data);
    assert.equal((await host.get(`/api/guardedByMaster?code=${keys.hostKeys['default']}`)).status, 401);
    assert.equal((await host.get(`/api/guardedByMaster?code=${keys.masterKey}`)).status, 200);
  },
  'app, invocation and log hooks': async ({ host }) => {
    assert.equal(await (await host.get('/api/hooked')).text(), 'hooked: replaced by the hook');
  },
  'admin API: status, functions, run by hand': async ({ host, folder }) => {
    const code = readKeys(folder.data).masterKey;
    assert.equal((await host.get(`/admin/host/status?code=${code}`)).status, 200);
    const run = await host.get(`/admin/functions/onStartup?code=${code}`, post('{"input":""}'));
    assert.equal(run.status, 202);
  },
});
