import { strict as assert } from 'node:assert';
import { readKeys } from '../../support/host/read-keys';
import { eventually, jsonOf } from '../../support/host/test-host';
import { type HostWorld, rowsOf } from './row';

interface Status {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly input: unknown;
}

const post = (body?: unknown): RequestInit => ({
  method: 'POST',
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

/** Starts an orchestration through the client and waits for its output. */
async function outputOf({ host }: HostWorld, name: string, input?: unknown): Promise<unknown> {
  const answer = await host.get(`/api/start/${name}?wait=1`, post(input));
  assert.equal(answer.status, 200);
  return await jsonOf(answer);
}

async function start({ host }: HostWorld, name: string, id: string, input?: unknown): Promise<void> {
  assert.equal((await host.get(`/api/start/${name}?id=${id}`, post(input))).status, 202);
}

const manage = async (
  { host }: HostWorld,
  verb: string,
  id: string,
  init?: RequestInit,
): Promise<unknown> => {
  const answer = await host.get(`/api/manage/${verb}/${id}`, init);
  assert.equal(answer.status, 200);
  return await jsonOf(answer);
};

const reaches = async (world: HostWorld, id: string, runtimeStatus: string): Promise<Status> =>
  await eventually(
    async () => (await manage(world, 'status', id)) as Status,
    (status) => status.runtimeStatus === runtimeStatus,
  );

export const durableRows = rowsOf('Durable', {
  'fan-out and fan-in': async (world) => assert.equal(await outputOf(world, 'fanOut', 20), 380),
  'retries with a policy': async (world) => assert.equal(await outputOf(world, 'retries'), 3),
  'a durable timer': async (world) => assert.equal(await outputOf(world, 'sleeps'), true),
  'a sub-orchestration': async (world) => assert.equal(await outputOf(world, 'parent'), 'SUM 12!'),
  continueAsNew: async (world) => assert.equal(await outputOf(world, 'countsDown', 3), 'ended with 0'),
  'entities: calls': async (world) => assert.equal(await outputOf(world, 'counts'), 6),
  'entities: locks over two': async (world) => {
    assert.deepEqual(await outputOf(world, 'transfers'), { left: -5, right: 5 });
  },
  'entities: signal and read by the client': async (world) => {
    await manage(world, 'signal', 'signalled?amount=7');
    await eventually(
      async () => (await manage(world, 'entity', 'signalled')) as { entityState: number },
      (state) => state.entityState === 7,
    );
  },
  'a failed activity fails the orchestration, with its message': async (world) => {
    await start(world, 'fails', 'failing');
    const { output } = await reaches(world, 'failing', 'Failed');
    assert.match(String(output), /Activity function 'alwaysFails' failed: it always fails/);
  },
  'an external event, custom status, input and output': async (world) => {
    await start(world, 'waits', 'waiting', { a: 1 });
    const before = await reaches(world, 'waiting', 'Running');
    assert.deepEqual([before.customStatus, before.input], [{ waitingFor: 'go' }, { a: 1 }]);
    await manage(world, 'raise', 'waiting', post({ went: true }));
    assert.deepEqual((await reaches(world, 'waiting', 'Completed')).output, { went: true });
  },
  'an event in a race with a timer, which is cancelled': async (world) => {
    await start(world, 'races', 'racing');
    await manage(world, 'raise', 'racing', post({}));
    assert.equal((await reaches(world, 'racing', 'Completed')).output, 'event');
  },
  'suspend and resume': async (world) => {
    await start(world, 'waits', 'suspended');
    await reaches(world, 'suspended', 'Running');
    await manage(world, 'suspend', 'suspended', post());
    await reaches(world, 'suspended', 'Suspended');
    await manage(world, 'raise', 'suspended', post(1));
    await manage(world, 'resume', 'suspended', post());
    assert.equal((await reaches(world, 'suspended', 'Completed')).output, 1);
  },
  terminate: async (world) => {
    await start(world, 'waits', 'terminated');
    await reaches(world, 'terminated', 'Running');
    await manage(world, 'terminate', 'terminated', post());
    assert.equal((await reaches(world, 'terminated', 'Terminated')).output, 'told to');
  },
  'purge and list': async (world) => {
    await start(world, 'fanOut', 'purged', 1);
    await reaches(world, 'purged', 'Completed');
    const ids = async (): Promise<string[]> =>
      ((await manage(world, 'list', '')) as { instanceId: string }[]).map(({ instanceId }) => instanceId);
    assert.ok((await ids()).includes('purged'));
    assert.deepEqual(await manage(world, 'purge', 'purged', post()), { instancesDeleted: 1 });
    assert.ok(!(await ids()).includes('purged'));
  },
  'queries in pages': async ({ host, folder }) => {
    const code = readKeys(folder.data).systemKeys['durabletask_extension'] ?? '';
    for (const id of ['page-1', 'page-2', 'page-3']) await host.get(`/api/start/fanOut?id=${id}`, post(1));
    const found: string[] = [];
    let token: string | null = '';
    do {
      const answer: Response = await host.get(`/runtime/webhooks/durabletask/instances?top=2&code=${code}`, {
        headers: token === '' ? {} : { 'x-ms-continuation-token': token },
      });
      const page = (await jsonOf(answer)) as { instanceId: string }[];
      assert.ok(page.length <= 2);
      found.push(...page.map(({ instanceId }) => instanceId));
      token = answer.headers.get('x-ms-continuation-token');
    } while (token !== null && token !== '');
    assert.equal(new Set(found).size, found.length);
    for (const id of ['page-1', 'page-2', 'page-3']) assert.ok(found.includes(id));
  },
  'a custom status above 16 KB fails the orchestration': async (world) => {
    await start(world, 'tooLongStatus', 'too-long');
    assert.match(String((await reaches(world, 'too-long', 'Failed')).output), /16/);
  },
  'a durable HTTP call': async (world) => {
    const output = await outputOf(world, 'callsHttp', `${world.host.origin}/api/defaultName`);
    assert.deepEqual(output, { status: 200, content: 'by name' });
  },
  'an unknown orchestrator is refused at the start': async ({ host }) => {
    assert.equal((await host.get('/api/start/nobody', post())).status, 500);
    assert.ok(host.logs.some((line) => /nobody.*(not|doesn't|no ).*/i.test(line)));
  },
  'the management API from outside wants the system key': async ({ host, folder }) => {
    const base = '/runtime/webhooks/durabletask/orchestrators/fanOut';
    assert.equal((await host.get(base, post(2))).status, 401);
    const key = readKeys(folder.data).systemKeys['durabletask_extension'] ?? '';
    const started = await host.get(`${base}/outside?code=${key}`, post(2));
    assert.equal(started.status, 202);
    const { statusQueryGetUri } = (await jsonOf(started)) as { statusQueryGetUri: string };
    await eventually(
      async () => (await jsonOf(await fetch(statusQueryGetUri))) as Status,
      ({ runtimeStatus, output }) => runtimeStatus === 'Completed' && output === 2,
    );
  },
  'the inner address is no open door': async ({ host }) => {
    assert.equal((await host.get('/durabletask/guess/instances/')).status, 404);
  },
});
