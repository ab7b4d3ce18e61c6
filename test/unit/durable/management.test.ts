import { EntityId, OrchestrationRuntimeStatus } from 'durable-functions';
import fc from 'fast-check';
import { type DurableApp } from '../../support/durable/sdk';
import { settled, TestEngine } from '../../support/durable/test-engine';

const app: DurableApp = {
  orchestrators: {
    waits: function* (context) {
      return (yield context.df.waitForExternalEvent('go')) as unknown;
    },
    echoes: function* (context) {
      yield context.df.callActivity('echo', 1);
      return { input: context.df.getInput(), version: context.df.version };
    },
    fails: function* (context) {
      yield context.df.callActivity('echo', 1);
      throw new Error('on purpose');
    },
  },
  activities: { echo: (value: unknown) => value },
  entities: {
    Counter: (context: {
      df: { getInput(): number; getState(initial: () => number): number; setState(to: number): void };
    }) => context.df.setState(context.df.getState(() => 0) + context.df.getInput()),
  },
};

describe('the management API', () => {
  let test: TestEngine;
  beforeEach(async () => void (test = await TestEngine.start(app, { retainFinishedForMs: 3_600_000 })));
  afterEach(() => test.stop());

  it('serves every call of the real client', async () => {
    const client = await test.client();
    const id = await client.startNew('waits', { instanceId: 'my id', input: { a: 1 } });
    expect(await client.getStatus(id)).toMatchObject({ name: 'waits', input: { a: 1 } });
    await client.raiseEvent(id, 'other', undefined);
    await client.suspend(id, 'pause');
    await test.until(id, ({ runtimeStatus }) => runtimeStatus === 'Suspended');
    await client.resume(id, 'go on');
    await test.until(id, ({ runtimeStatus }) => runtimeStatus === 'Running');
    await client.raiseEvent(id, 'go', ['with', 'data']);
    expect(await test.ended(id)).toMatchObject({ output: ['with', 'data'] });
    await client.raiseEvent(id, 'go', 'too late');

    const terminated = await client.startNew('waits');
    await client.terminate(terminated, 'why not');
    await test.ended(terminated);
    const versioned = await client.startNew('echoes', { version: '2.0', input: 'text' });
    expect((await test.ended(versioned)).output).toEqual({ input: 'text', version: '2.0' });

    const all = await client.getStatusAll();
    expect(all.map(({ instanceId }) => instanceId).sort()).toEqual([id, terminated, versioned].sort());
    const completed = [OrchestrationRuntimeStatus.Completed];
    expect(await client.getStatusBy({ runtimeStatus: completed })).toHaveLength(2);
    expect(await client.getStatusBy({ createdTimeFrom: new Date(test.clock.now() + 1) })).toHaveLength(0);
    await expect(client.rewind(id, 'again')).rejects.toThrow(/failed orchestration instances/);
    const failed = await client.startNew('fails');
    await test.ended(failed);
    await expect(client.rewind(failed, 'again')).rejects.toThrow(/not supported/);
    await expect(client.getStatus('nobody')).rejects.toThrow();

    const entity = new EntityId('Counter', 'c');
    expect((await client.readEntityState(entity)).entityExists).toBe(false);
    await client.signalEntity(entity, 'add', 5);
    await settled(test);
    expect(await client.readEntityState(entity)).toEqual({ entityExists: true, entityState: 5 });

    expect(await client.purgeInstanceHistory(id)).toEqual({ instancesDeleted: 1 });
    expect(await client.purgeInstanceHistory(id)).toEqual({ instancesDeleted: 0 });
    const createdTimeFrom = new Date(0);
    expect(await client.purgeInstanceHistoryBy({ createdTimeFrom, runtimeStatus: completed })).toEqual({
      instancesDeleted: 1,
    });
    expect(client.createHttpManagementPayload(failed).statusQueryGetUri).toContain(`/instances/${failed}?`);
  });

  it('lists instances page by page, each once, in order of creation', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `i${String(index).padStart(2, '0')}`);
    for (const id of ids) await test.begin('waits', undefined, id);
    const seen: string[] = [];
    let token = '';
    do {
      const page = await test.request('GET', 'instances?top=10', undefined, {
        'x-ms-continuation-token': token,
      });
      seen.push(...(page.body as { instanceId: string }[]).map(({ instanceId }) => instanceId));
      token = page.headers['x-ms-continuation-token'] ?? '';
    } while (token !== '');
    expect(seen).toEqual(ids);
  });

  it('answers 202 while an instance runs, 200 when it has ended, 500 for a failure if asked to', async () => {
    const id = await test.begin('waits');
    const running = await test.request('GET', `instances/${id}`);
    expect(running).toMatchObject({ status: 202, headers: { 'retry-after': '5' } });
    await test.request('DELETE', `instances/${id}`).then(({ status }) => expect(status).toBe(404));
    await test.raise(id, 'go');
    await test.ended(id);
    expect((await test.request('GET', `instances/${id}`)).status).toBe(200);
    const failed = (await test.run('fails')).instanceId;
    expect((await test.request('GET', `instances/${failed}`)).status).toBe(200);
    expect(
      (await test.request('GET', `instances/${failed}?returnInternalServerErrorOnFailure=true`)).status,
    ).toBe(500);
  });

  it('starts an instance once more, as it was or under a new id', async () => {
    const { instanceId } = await test.run('echoes', 'in');
    const again = await test.request(
      'POST',
      `instances/${instanceId}/restart?restartWithNewInstanceId=false`,
    );
    expect(again).toMatchObject({ status: 202, body: { id: instanceId } });
    const fresh = await test.request('POST', `instances/${instanceId}/restart`);
    const { id } = fresh.body as { id: string };
    expect(id).not.toBe(instanceId);
    expect((await test.ended(id)).output).toMatchObject({ input: 'in' });
  });

  it('forgets what finished long enough ago, and nothing else', async () => {
    const { instanceId } = await test.run('echoes');
    const running = await test.begin('waits');
    await settled(test);
    test.clock.advance(1_800_000);
    await settled(test);
    expect((await test.request('GET', `instances/${instanceId}`)).status).toBe(200);
    test.clock.advance(1_800_001);
    await settled(test);
    expect((await test.request('GET', `instances/${instanceId}`)).status).toBe(404);
    expect((await test.request('GET', `instances/${running}`)).status).toBe(202);
  });

  it.each([
    ['POST', 'orchestrators/nobody', 400],
    ['POST', 'orchestrators/waits/@id', 400],
    ['POST', 'orchestrators/waits/a%2Fb', 400],
    ['POST', 'orchestrators/waits/a%00b', 400],
    ['POST', `orchestrators/waits/${'x'.repeat(257)}`, 400],
    ['GET', 'instances/%', 400],
    ['GET', 'instances?top=0', 400],
    ['GET', 'instances?runtimeStatus=Dancing', 400],
    ['GET', 'instances?createdTimeFrom=yesterday', 400],
    ['DELETE', 'instances', 400],
    ['GET', 'instances/nobody', 404],
    ['POST', 'instances/nobody/terminate', 404],
    ['POST', 'entities/Nobody/key?op=add', 404],
    ['PATCH', 'instances/x', 404],
    ['GET', 'elsewhere', 404],
  ])('refuses %s %s with %i and says why', async (method, path, status) => {
    const response = await test.request(method, path);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ Message: expect.stringMatching(/.{10}/) as unknown });
  });

  it('refuses a body that is not JSON', async () => {
    const request = {
      headers: {},
      body: Buffer.from('{"a":'),
      origin: { publicBase: '', rpcBase: '', systemKey: '' },
    };
    const response = await test.engine.handle({ method: 'POST', path: 'orchestrators/waits', ...request });
    expect(response).toMatchObject({ status: 400, body: '{"Message":"The request body is not valid JSON"}' });
  });

  it('answers whatever it is sent, and never with 500', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'orchestrators',
        'instances',
        'entities',
        'waits',
        'raiseEvent',
        '?',
        '&',
        'top=',
        '%',
        '@',
      ),
      fc.string({ maxLength: 8 }),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.json().map((text) => Buffer.from(text)),
    );
    const runs = process.env['LIFEBOAT_LONG'] === '1' ? 100_000 : 500;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
        fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
        body,
        async (method, path, bytes) => {
          const origin = { publicBase: 'http://h', rpcBase: 'http://h/', systemKey: 'k' };
          const headers = { 'x-ms-continuation-token': path };
          const { status } = await test.engine.handle({ method, path, headers, body: bytes, origin });
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: runs },
    );
  }, 600_000);
});
