import { app } from '@azure/functions';
import { note } from './seen';

app.hook.appStart((context) => note('appStart', Object.keys(context.hookData)));
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.hookData['marked'] = true;
  context.inputs[0] = 'replaced by the hook';
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  note('postInvocation', { marked: context.hookData['marked'] ?? false });
  context.result = { body: `hooked: ${String(context.inputs[0])}` };
});
app.http('hooked', { authLevel: 'anonymous', handler: () => ({ body: 'not hooked' }) });
