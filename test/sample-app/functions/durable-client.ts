import { app, type HttpHandler, type HttpRequest, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';

type Verb = (client: df.DurableClient, id: string, request: HttpRequest) => Promise<unknown>;

/** One route per client method, so that a test can drive the real client from outside. */
const verbs: Readonly<Record<string, Verb>> = {
  status: (client, id) =>
    client.getStatus(id, { showInput: true, showHistory: true, showHistoryOutput: true }),
  list: (client) => client.getStatusAll(),
  raise: async (client, id, request) =>
    client.raiseEvent(id, request.query.get('event') ?? 'go', await request.json()),
  terminate: (client, id) => client.terminate(id, 'told to'),
  suspend: (client, id) => client.suspend(id, 'told to'),
  resume: (client, id) => client.resume(id, 'told to'),
  purge: (client, id) => client.purgeInstanceHistory(id),
  signal: (client, id, request) =>
    client.signalEntity(new df.EntityId('counter', id), 'add', Number(request.query.get('amount') ?? 1)),
  entity: (client, id) => client.readEntityState(new df.EntityId('counter', id)),
};

const start: HttpHandler = async (request: HttpRequest, context: InvocationContext) => {
  const client = df.getClient(context);
  const text = await request.text();
  const instanceId = request.query.get('id') ?? undefined;
  const id = await client.startNew(request.params['name'] ?? '', {
    ...(instanceId === undefined ? {} : { instanceId }),
    input: text === '' ? undefined : JSON.parse(text),
  });
  if (request.query.get('wait') === null) return client.createCheckStatusResponse(request, id);
  return await client.waitForCompletionOrCreateCheckStatusResponse(request, id, {
    timeoutInMilliseconds: 10_000,
    retryIntervalInMilliseconds: 25,
  });
};

const manage: HttpHandler = async (request, context) => {
  const verb = verbs[request.params['verb'] ?? ''];
  if (verb === undefined) return { status: 404 };
  const result = await verb(df.getClient(context), request.params['id'] ?? '', request);
  return { jsonBody: result ?? {} };
};

const extraInputs = [df.input.durableClient()];
app.http('start', {
  route: 'start/{name}',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs,
  handler: start,
});
app.http('manage', {
  route: 'manage/{verb}/{id?}',
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  extraInputs,
  handler: manage,
});
