import { createHmac } from 'node:crypto';
import { isPublicHttps, isPublicIp } from '../../../shared/model/public-address';
import type {
  WebhookDelivery,
  WebhookGreeting,
  WebhookSender,
  WebhookWelcome,
} from '../../../shared/ports/webhook-sender';
import { deliverEvent } from '../../../shared/service/webhooks/deliver-event';
import { publicWebhookSender } from '../../../shared/system/public-webhook-sender';
import { systemClock } from '../../../shared/system/system-clock';
import { vault, World } from '../../support/arm/world';

const inside = [
  ...[
    'http://example.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'gopher://example.com',
    'javascript:alert(1)',
  ],
  ...[
    'https://localhost',
    'https://LOCALHOST.',
    'https://a.localhost',
    'https://printer.local',
    'https://db.internal',
  ],
  ...[
    'https://router.lan',
    'https://nas.home',
    'https://intranet',
    'https://metadata.google.internal',
    'https://x.arpa',
  ],
  ...['https://127.0.0.1', 'https://127.1', 'https://2130706433', 'https://0x7f000001', 'https://0177.0.0.1'],
  ...[
    'https://0x7f.1',
    'https://127.0.0.1.',
    'https://①②⑦.0.0.1',
    'https://0.0.0.0',
    'https://0',
    'https://10.0.0.1',
  ],
  ...[
    'https://172.16.0.1',
    'https://172.31.255.255',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://2852039166',
  ],
  ...[
    'https://100.64.0.1',
    'https://100.127.255.254',
    'https://198.18.0.1',
    'https://192.0.2.1',
    'https://203.0.113.9',
  ],
  ...[
    'https://198.51.100.1',
    'https://192.0.0.8',
    'https://224.0.0.1',
    'https://255.255.255.255',
    'https://168.63.129.16',
  ],
  ...[
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
    'https://[::ffff:a9fe:a9fe]',
  ],
  ...[
    'https://[fc00::1]',
    'https://[fd12::1]',
    'https://[fe80::1]',
    'https://[ff02::1]',
    'https://[64:ff9b::7f00:1]',
  ],
  ...[
    'https://[2002:7f00:1::]',
    'https://[2001:db8::1]',
    'https://[2001::1]',
    'https://[100::1]',
    'https://[fec0::1]',
  ],
  ...[
    'https://user@example.com',
    'https://user:word@example.com',
    'https://example.com@127.0.0.1',
    'https://',
    'https://%31%32%37.0.0.1',
  ],
  ...[
    '//example.com',
    'example.com',
    '',
    'https://[::ffff:10.0.0.1]',
    'https://256.1.1.1',
    'https://1.2.3.4.5',
  ],
];

describe('an address for webhooks', () => {
  it('is refused in every form that leads inside', () => {
    expect(inside.filter((url) => isPublicHttps(url))).toEqual([]);
    expect(inside.length).toBeGreaterThanOrEqual(60);
  });

  it.each([
    'https://example.com/hook',
    'https://hooks.example.co.uk:8443/x?y',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])('of the public internet is taken: %s', (url) => {
    expect(isPublicHttps(url)).toBe(true);
  });

  it.each(['', 'x', '1.2.3', '1.2.3.4.5', '1.2.3.-4'])(
    'that is no IP address is not a public one: %j',
    (address) => {
      expect(isPublicIp(address)).toBe(false);
    },
  );

  it('is looked up before it is called, and refused when any of its addresses is inside', async () => {
    for (const addresses of [[], ['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::1'], ['fd00::1']]) {
      const sender = publicWebhookSender({
        lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      });
      const url = 'https://rebind.example.com';
      const sent = sender.send({ url, headers: {}, body: '{}' });
      await expect(sent).rejects.toMatchObject({ code: 'BadRequest' });
      const greeted = sender.greet({ url, origin: 'lifeboat' });
      await expect(greeted).rejects.toMatchObject({ code: 'BadRequest' });
    }
  });
});

describe('webhooks', () => {
  const secret = 'a secret of sixteen';
  const event = {
    ...{ specversion: '1.0' as const, id: 'e1', source: 'lifeboat', type: 'lifeboat.job.ended' },
    ...{ subject: `${vault}/replicationJobs/j`, time: '2026-01-01T00:00:00Z', data: { state: 'Succeeded' } },
  };

  async function put(world: World, name: string, properties: object): Promise<void> {
    const answer = await world.ask('PUT', `${vault}/webhooks/${name}`, {
      body: { properties: { secret, ...properties } },
    });
    expect(answer.status).toBe(200);
  }

  async function deliver(
    world: World,
    answerWith: number | Error,
    welcome: WebhookWelcome | Error = { status: 200, allowedOrigin: 'lifeboat' },
  ): Promise<{ sent: WebhookDelivery[]; greeted: WebhookGreeting[]; result: unknown }> {
    const sent: WebhookDelivery[] = [];
    const greeted: WebhookGreeting[] = [];
    const sender: WebhookSender = {
      greet: async (greeting) => {
        greeted.push(greeting);
        if (welcome instanceof Error) throw welcome;
        return welcome;
      },
      send: async (delivery) => {
        sent.push(delivery);
        if (answerWith instanceof Error) throw answerWith;
        return answerWith;
      },
    };
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const result: unknown = await deliverEvent(
      { records: world.records, sender, clock: systemClock, log },
      event,
    ).catch((error: unknown) => error);
    return { sent, greeted, result };
  }

  it('are refused when they lead inside, and keep their secret', async () => {
    const world = await World.open();
    const bad = await world.ask('PUT', `${vault}/webhooks/bad`, {
      body: { properties: { url: 'https://127.0.0.1', secret } },
    });
    expect([bad.status, bad.body.error.target]).toEqual([400, 'properties.url']);
    await put(world, 'good', { url: 'https://example.com/hook' });
    for (const path of [`${vault}/webhooks/good`, `${vault}/webhooks`]) {
      const shown = await world.ask('GET', path);
      expect(JSON.stringify(shown.body)).toContain('example.com');
      expect(JSON.stringify(shown.body)).not.toContain(secret);
    }
  });

  it('get what they asked for, signed over time and body', async () => {
    const world = await World.open();
    await put(world, 'all', { url: 'https://example.com/all' });
    await put(world, 'jobs', { url: 'https://example.com/jobs', eventTypes: ['lifeboat.job.ended'] });
    await put(world, 'points', {
      url: 'https://example.com/points',
      eventTypes: ['lifeboat.recovery-point.created'],
    });
    const { sent, result } = await deliver(world, 204);
    expect(result).toBe(2);
    expect(sent.map(({ url }) => url)).toEqual(['https://example.com/all', 'https://example.com/jobs']);
    for (const { headers, body } of sent) {
      const [, time = '', given = ''] = /^t=(\d+),v1=(\w+)$/.exec(headers['Lifeboat-Signature'] ?? '') ?? [];
      expect(given).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'));
      expect(JSON.parse(body)).toEqual(event);
    }
  });

  it('are asked once whether they want events, before the first is sent', async () => {
    const world = await World.open();
    const url = 'https://example.com/one';
    const stateOf = async (): Promise<unknown> =>
      (await world.ask('GET', `${vault}/webhooks/one`)).body.properties.state;
    await put(world, 'one', { url });
    expect(await stateOf()).toBe('Pending');
    const first = await deliver(world, 204);
    expect([first.greeted, first.result]).toEqual([[{ url, origin: 'lifeboat' }], 1]);
    expect(await stateOf()).toBe('Active');
    await put(world, 'one', { url, eventTypes: [event.type] });
    const second = await deliver(world, 204, { status: 404, allowedOrigin: undefined });
    expect([second.greeted, second.result]).toEqual([[], 1]);
    await put(world, 'one', { url: `${url}/elsewhere` });
    expect(await stateOf()).toBe('Pending');
  });

  it.each<[string, WebhookWelcome | Error, string, boolean]>([
    ['take nothing', { status: 404, allowedOrigin: undefined }, 'Refused', false],
    ['answer without a word', { status: 200, allowedOrigin: undefined }, 'Refused', false],
    ['want another sender', { status: 200, allowedOrigin: 'other.example' }, 'Refused', false],
    ['refuse all the same', { status: 403, allowedOrigin: '*' }, 'Refused', false],
    ['are down', { status: 503, allowedOrigin: '*' }, 'Pending', true],
    ['are slow', new Error('timeout'), 'Pending', true],
  ])('are sent nothing while they %s', async (_, welcome, state, again) => {
    const world = await World.open();
    await put(world, 'one', { url: 'https://example.com/one' });
    const { sent, result } = await deliver(world, 204, welcome);
    expect([sent, result instanceof Error]).toEqual([[], again]);
    const shown = await world.ask('GET', `${vault}/webhooks/one`);
    expect(shown.body.properties.state).toBe(state);
    const next = await deliver(world, 204, { status: 200, allowedOrigin: '*' });
    expect(next.sent).toHaveLength(state === 'Refused' ? 0 : 1);
  });

  it.each([
    ['tried again when they are down', 503, true],
    ['tried again when they are slow', new Error('timeout'), true],
    ['tried again when they are flooded', 429, true],
    ['given up when they refuse', 410, false],
    ['given up when they lead elsewhere', 302, false],
  ])('are %s', async (_, answer, again) => {
    const world = await World.open();
    await put(world, 'one', { url: 'https://example.com/one' });
    const { result } = await deliver(world, answer);
    expect(result instanceof Error).toBe(again);
  });
});
