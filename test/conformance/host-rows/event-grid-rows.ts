import { strict as assert } from 'node:assert';
import { jsonOf } from '../../support/host/test-host';
import { readKeys } from '../../support/host/read-keys';
import { type HostWorld, rowsOf } from './row';

function send(
  { host, folder }: HostWorld,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const code = readKeys(folder.data).systemKeys['eventgrid_extension'] ?? '';
  return host.get(`/runtime/webhooks/eventgrid?functionName=gridEvent&code=${code}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const notification = { 'aeg-event-type': 'Notification' };
const event = (id: string, subject = 's'): object => ({
  id,
  subject,
  eventType: 'T',
  data: { id },
  dataVersion: '1',
});
const seenIds = async ({ host }: HostWorld): Promise<string[]> =>
  ((await host.json('/api/seen/gridEvent')) as { event: { id: string } }[]).map((one) => one.event.id);

export const eventGridRows = rowsOf('Event Grid', {
  'the validation handshake': async (world) => {
    const body = [
      { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'abc' } },
    ];
    const answer = await send(world, body, { 'aeg-event-type': 'SubscriptionValidation' });
    assert.deepEqual([answer.status, await jsonOf(answer)], [200, { validationResponse: 'abc' }]);
  },
  'an array of events: one invocation for each, with its data': async (world) => {
    assert.equal((await send(world, [event('g1'), event('g2')], notification)).status, 202);
    const ids = await seenIds(world);
    assert.ok(ids.includes('g1') && ids.includes('g2'));
  },
  'a CloudEvent, with its handshake': async (world) => {
    const { host, folder } = world;
    const cloudEvent = { specversion: '1.0', id: 'c1', type: 't', source: '/s', data: { a: 1 } };
    assert.equal(
      (await send(world, cloudEvent, { 'content-type': 'application/cloudevents+json' })).status,
      202,
    );
    assert.ok((await seenIds(world)).includes('c1'));
    const code = readKeys(folder.data).systemKeys['eventgrid_extension'] ?? '';
    const asked = await host.get(`/runtime/webhooks/eventgrid?functionName=gridEvent&code=${code}`, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    assert.deepEqual(
      [asked.status, asked.headers.get('webhook-allowed-origin')],
      [200, 'eventgrid.azure.net'],
    );
  },
  'a failure is answered with 500, so that the event is sent again': async (world) => {
    assert.equal((await send(world, [event('g3', 'throw')], notification)).status, 500);
  },
  'a wrong key 401, an unknown function 404, nonsense 400': async (world) => {
    const { host, folder } = world;
    const code = readKeys(folder.data).systemKeys['eventgrid_extension'] ?? '';
    const at = (query: string): Promise<Response> =>
      host.get(`/runtime/webhooks/eventgrid?${query}`, { method: 'POST', body: '[]', headers: notification });
    assert.equal((await at('functionName=gridEvent&code=wrong')).status, 401);
    assert.equal((await at(`functionName=teapot&code=${code}`)).status, 404);
    assert.equal((await send(world, 'text', notification)).status, 400);
    assert.equal((await send(world, [], {})).status, 400);
  },
});
