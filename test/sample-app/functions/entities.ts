import * as df from 'durable-functions';

df.app.entity<number>('counter', (context) => {
  const count = context.df.getState(() => 0) ?? 0;
  const { operationName } = context.df;
  if (operationName === 'add') context.df.setState(count + (context.df.getInput<number>() ?? 1));
  if (operationName === 'get') context.df.return(count);
  if (operationName === 'reset') context.df.setState(0);
});

df.app.orchestration('counts', function* (context) {
  const counter = new df.EntityId('counter', context.df.instanceId);
  for (const amount of [1, 2, 3]) yield context.df.callEntity(counter, 'add', amount);
  const count: number = yield context.df.callEntity(counter, 'get');
  return count;
});

df.app.orchestration('transfers', function* (context) {
  const from = new df.EntityId('counter', `${context.df.instanceId}-from`);
  const to = new df.EntityId('counter', `${context.df.instanceId}-to`);
  const lock: df.LockingRulesViolationError | { release(): void } = yield context.df.lock([from, to]);
  yield context.df.callEntity(from, 'add', -5);
  yield context.df.callEntity(to, 'add', 5);
  const left: number = yield context.df.callEntity(from, 'get');
  const right: number = yield context.df.callEntity(to, 'get');
  if ('release' in lock) lock.release();
  return { left, right };
});
