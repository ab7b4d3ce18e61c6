import * as df from 'durable-functions';

df.app.orchestration('fanOut', function* (context) {
  const count = context.df.getInput<number>() ?? 5;
  const tasks = Array.from({ length: count }, (_, index) => context.df.callActivity('double', index));
  const doubled: number[] = yield context.df.Task.all(tasks);
  return doubled.reduce((sum, value) => sum + value, 0);
});

df.app.orchestration('retries', function* (context) {
  const options = new df.RetryOptions(10, 5);
  const attempts: number = yield context.df.callActivityWithRetry(
    'failsTwice',
    options,
    context.df.instanceId,
  );
  return attempts;
});

df.app.orchestration('fails', function* (context) {
  yield context.df.callActivity('alwaysFails');
});

df.app.orchestration('sleeps', function* (context) {
  const started = context.df.currentUtcDateTime.getTime();
  yield context.df.createTimer(new Date(started + 300));
  return context.df.currentUtcDateTime.getTime() - started >= 300;
});

df.app.orchestration('waits', function* (context) {
  context.df.setCustomStatus({ waitingFor: 'go' });
  const event: unknown = yield context.df.waitForExternalEvent('go');
  return event;
});

df.app.orchestration('races', function* (context) {
  const timeout = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 3_600_000));
  const event = context.df.waitForExternalEvent('go');
  const winner: df.Task = yield context.df.Task.any([timeout, event]);
  if (winner === event) timeout.cancel();
  return winner === event ? 'event' : 'timeout';
});

df.app.orchestration('parent', function* (context) {
  const value: number = yield context.df.callSubOrchestrator('fanOut', 4);
  const text: string = yield context.df.callActivity('shout', `sum ${value}`);
  return text;
});

df.app.orchestration('countsDown', function* (context) {
  const left = context.df.getInput<number>() ?? 3;
  const next: number = yield context.df.callActivity('double', left);
  if (left > 0) context.df.continueAsNew(left - 1);
  return `ended with ${next}`;
});

df.app.orchestration('chain', function* (context) {
  let value = 1;
  for (let step = context.df.getInput<number>() ?? 1; step > 0; step--) {
    value = yield context.df.callActivity('double', value % 1000);
  }
  return value;
});

df.app.orchestration('tooLongStatus', function* (context) {
  context.df.setCustomStatus('x'.repeat(20_000));
  yield context.df.callActivity('double', 1);
});

df.app.orchestration('callsHttp', function* (context) {
  const url = context.df.getInput<string>() ?? '';
  const response: { statusCode: number; content: string } = yield context.df.callHttp({ method: 'GET', url });
  return { status: response.statusCode, content: response.content };
});
