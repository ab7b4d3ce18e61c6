import { operations } from '../../../shared/arm/table';
import { vault, World } from '../../support/arm/world';

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>
    >
  >;
}

describe('what describes the API', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });

  it('is open to everybody: health, description and reference page', async () => {
    for (const path of ['/api/health', '/openapi.json', '/docs']) {
      expect((await world.ask('GET', path, { authorization: null })).status).toBe(200);
      expect((await world.ask('POST', path, { authorization: null })).status).toBe(405);
    }
    expect((await world.ask('GET', '/docs2', { authorization: null })).status).toBe(401);
  });

  it('names every operation once, each with its version and the names in its path', async () => {
    const description = (await world.ask('GET', '/openapi.json')).body as Description;
    expect(description.openapi).toBe('3.1.0');
    const own = Object.entries(description.paths).filter(([path]) => !path.startsWith('/agents/'));
    const described = own.flatMap(([path, methods]) =>
      Object.values(methods).map(({ operationId, parameters }) => ({ path, operationId, parameters })),
    );
    expect(described.map(({ operationId }) => operationId).toSorted()).toEqual(
      operations.map(({ name }) => name).toSorted(),
    );
    for (const { path, parameters } of described) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(parameters.map(({ name }) => name)).toContain('api-version');
    }
  });

  it('describes bodies by the very schemas that check them', async () => {
    const { body } = await world.ask('GET', '/openapi.json');
    const paths = body.paths as Record<
      string,
      Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>
    >;
    const alert = Object.entries(paths).find(([path]) =>
      path.endsWith('/replicationAlertSettings/{alertSettingName}'),
    );
    const schema = alert?.[1]['put']?.requestBody?.content['application/json']?.schema;
    expect(JSON.stringify(schema)).toContain('DoNotSend');
  });

  it('is a page without scripts and without anything from elsewhere', async () => {
    const { body, headers } = await world.ask('GET', '/docs');
    expect(body).not.toMatch(/<script|https?:\/\/|@import|url\(/i);
    expect(headers['Content-Security-Policy']).toContain("default-src 'none'");
    for (const { name } of operations) expect(body).toContain(`<code>${name}</code>`);
  });

  it('traces every answer, and gives the client’s own id back', async () => {
    const answer = await world.ask('GET', `${vault}/replicationFabrics`, {
      headers: { 'x-ms-client-request-id': 'mine-1', 'x-ms-correlation-request-id': 'all-1' },
    });
    expect(answer.headers).toMatchObject({
      'x-ms-client-request-id': 'mine-1',
      'x-ms-correlation-request-id': 'all-1',
      'Cache-Control': 'no-cache',
    });
  });

  it('answers addresses as the caller knows them, behind a proxy too', async () => {
    const answer = await world.ask('PUT', `${vault}/replicationFabrics/f`, {
      body: {},
      headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'rescue.example.org' },
    });
    expect(answer.headers['Location']).toMatch(
      /^https:\/\/rescue\.example\.org\/Subscriptions\/.*\/operationresults\/[\w-]{36}\?api-version=/,
    );
    const jobId = answer.headers['Location']?.split('/').at(-1)?.split('?')[0] ?? '';
    expect(answer.headers['Azure-AsyncOperation']).toContain(`/replicationOperationStatus/${jobId}?`);
    expect(answer.headers['x-ms-request-id']).toMatch(new RegExp(`/replicationJobs/${jobId}$`));
    await world.jobs.idle();
  });
});
