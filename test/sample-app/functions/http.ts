import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';

async function echo(request: HttpRequest): Promise<HttpResponseInit> {
  return {
    jsonBody: {
      method: request.method,
      url: request.url,
      query: Object.fromEntries(request.query),
      params: request.params,
      headers: Object.fromEntries(request.headers),
      user: request.user,
      body: await request.text(),
    },
  };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

app.http('echo', { route: 'echo/{*path}', methods: [...methods], authLevel: 'anonymous', handler: echo });
app.http('item', {
  route: 'items/{id:int}/{part?}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: echo,
});
app.http('guarded', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'opened' }) });
app.http('guardedByMaster', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'opened' }) });
app.http('defaultName', { handler: () => ({ body: 'by name' }), authLevel: 'anonymous' });
app.http('nothing', { authLevel: 'anonymous', handler: () => undefined as unknown as HttpResponseInit });
app.http('notAnObject', { authLevel: 'anonymous', handler: () => 'text' as unknown as HttpResponseInit });
app.http('throwing', {
  authLevel: 'anonymous',
  handler: (): HttpResponseInit => {
    throw new Error('this one throws');
  },
});
app.http('teapot', {
  authLevel: 'anonymous',
  handler: () => ({
    status: 418,
    body: Buffer.from([0, 1, 2, 255]),
    headers: { 'x-teapot': 'short', 'content-type': 'application/octet-stream' },
    cookies: [
      { name: 'first', value: 'a b', httpOnly: true, secure: true, sameSite: 'Strict', maxAge: 60 },
      { name: 'second', value: '2', path: '/tea', sameSite: 'None', expires: new Date(86_400_000) },
    ],
  }),
});
app.http('crash', {
  authLevel: 'anonymous',
  handler: () => {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    return { status: 202 };
  },
});
app.http('slow', {
  authLevel: 'anonymous',
  handler: async (request) => {
    const milliseconds = Number(request.query.get('ms') ?? 100);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return { body: 'slow' };
  },
});
