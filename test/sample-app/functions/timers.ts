import { app, type Timer } from '@azure/functions';
import { note } from './seen';

app.timer('everySecond', {
  schedule: '*/1 * * * * *',
  handler: (timer: Timer) => note('everySecond', timer),
});
app.timer('onStartup', {
  schedule: '%ONCE_A_YEAR%',
  runOnStartup: true,
  handler: (timer: Timer) => note('onStartup', timer),
});
app.timer('retried', {
  schedule: '%ONCE_A_YEAR%',
  runOnStartup: true,
  useMonitor: false,
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 0 } },
  handler: (_timer, context) => {
    note('retried', { count: context.retryContext?.retryCount ?? 0 });
    if ((context.retryContext?.retryCount ?? 0) < 2) throw new Error('not yet');
  },
});
