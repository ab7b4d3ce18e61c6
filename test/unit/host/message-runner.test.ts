import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { MessageRunner } from '../../../local/host/bus/message-runner';
import { type RegisteredFunction } from '../../../local/host/core/function-registry';
import { ManualClock, settle } from '../../support/host/manual-clock';

const trigger = { type: 'serviceBusTrigger', direction: 'in', name: 'message' };
const registered: RegisteredFunction = {
  name: 'ingest',
  metadata: { name: 'ingest', bindings: { message: trigger } },
  callback: () => undefined,
  trigger,
  file: 'ingest.js',
};

const message = {
  body: Buffer.from('{"n":1}'),
  messageId: 'm',
  deliveryCount: 0,
} as ServiceBusReceivedMessage;

/** What happened, in its order. Each step can be told to fail or to hang. */
function world(told: { handler?: 'throw'; gate?: 'throw'; settle?: 'hang' | 'throw' } = {}) {
  const clock = new ManualClock(0);
  const steps: string[] = [];
  const settling = (step: string) => async (): Promise<void> => {
    steps.push(`${step} at ${clock.now()}`);
    if (told.settle === 'throw') throw new Error('the lock is lost');
    if (told.settle === 'hang') await new Promise(() => undefined);
  };
  const receiver = { completeMessage: settling('complete'), abandonMessage: settling('abandon') };
  const runner = new MessageRunner({
    registered,
    clock,
    log: () => undefined,
    invoke: async () => {
      steps.push('run');
      if (told.handler === 'throw') throw new Error('no');
      return {};
    },
    gate: async () => {
      steps.push('gate');
      if (told.gate === 'throw') throw new Error('disk full');
    },
  });
  return { clock, steps, run: () => runner.runOne(message, receiver) };
}

describe('a message', () => {
  it('is completed after the handler and the gate', async () => {
    const { steps, run } = world();
    await expect(run()).resolves.toBe(true);
    expect(steps).toEqual(['run', 'gate', 'complete at 0']);
  });

  it('is abandoned at once when the handler throws, without asking the gate', async () => {
    const { steps, run } = world({ handler: 'throw' });
    await expect(run()).resolves.toBe(true);
    expect(steps).toEqual(['run', 'abandon at 0']);
  });

  it('is never completed behind a closed gate, and abandoned after a pause', async () => {
    const { clock, steps, run } = world({ gate: 'throw' });
    const settled = run();
    await settle();
    expect(steps).toEqual(['run', 'gate']);
    await clock.moveBy(1_000);
    await settled;
    expect(steps).toEqual(['run', 'gate', 'abandon at 1000']);
  });

  it('whose settlement fails says that the receiver is not to be trusted', async () => {
    await expect(world({ settle: 'throw' }).run()).resolves.toBe(false);
  });

  it('whose settlement hangs is given up after ten seconds', async () => {
    const { clock, run } = world({ settle: 'hang' });
    let trusted: boolean | undefined;
    void run().then((answer) => (trusted = answer));
    await clock.moveBy(9_999);
    expect(trusted).toBeUndefined();
    await clock.moveBy(1);
    await settle();
    expect(trusted).toBe(false);
  });
});
