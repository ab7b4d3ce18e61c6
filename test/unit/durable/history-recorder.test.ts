import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OrchestrationHandler, RetryOptions } from 'durable-functions';
import { historyFile, readHistoryFile, recordHistory, replayHistory } from '../../support/history-recorder';
import { settled, TestEngine } from '../../support/durable/test-engine';

/** Greets everybody, asks whether that was enough, and says goodbye when told so or after an hour. */
const greeting: OrchestrationHandler = function* (context) {
  const names = context.df.getInput<string[]>();
  const retry = new RetryOptions(1000, 3);
  yield context.df.Task.all(names.map((name) => context.df.callActivityWithRetry('greet', retry, name)));
  const deadline = new Date(context.df.currentUtcDateTime.getTime() + 3_600_000);
  const timer = context.df.createTimer(deadline);
  const enough = context.df.waitForExternalEvent('enough');
  const first = yield context.df.Task.any([enough, timer]);
  if (first === enough) timer.cancel();
  return (yield context.df.callActivity('greet', 'goodbye')) as unknown;
};

const recordedFile = historyFile('greeting', 'told-enough');

describe('a recorded history', () => {
  let attempts = 0;
  const greet = (name: string): string => {
    if (name === 'Max' && attempts++ === 0) throw new Error('shy');
    return `Hello ${name}`;
  };

  it('is replayed by the orchestration it was recorded from', async () => {
    const test = await TestEngine.start({ orchestrators: { greeting }, activities: { greet } });
    const folder = mkdtempSync(join(tmpdir(), 'histories-'));
    const instanceId = await test.begin('greeting', ['Ada', 'Max'], 'greeting-1');
    await settled(test);
    test.clock.advance(1000);
    await settled(test);
    await test.raise(instanceId, 'enough');
    await test.ended(instanceId);
    const file =
      process.env['RECORD_HISTORIES'] === '1' ? recordedFile : join(folder, 'greeting', 'now.json');
    recordHistory(file, { instanceId, parentInstanceId: null, history: test.engine.history(instanceId) });
    await test.stop();

    const recorded = readHistoryFile(file);
    rmSync(folder, { recursive: true });
    expect(recorded.history.length).toBeGreaterThan(15);
    await replayHistory(greeting, recorded);
  });

  it('of long ago is replayed too', async () => {
    await expect(replayHistory(greeting, readHistoryFile(recordedFile))).resolves.toBeUndefined();
  });

  const changes: Record<string, OrchestrationHandler> = {
    'asks for another activity': function* (context) {
      yield context.df.callActivity('greetAll', context.df.getInput());
    },
    'asks for more': function* (context) {
      context.df.callActivity('never yielded');
      yield* greeting(context) as Generator<never>;
      yield context.df.callActivity('greet', 'once more');
    },
    'asks for less': function* (context) {
      yield context.df.callActivity('greet', 'Ada');
      return 'done';
    },
    'asks in another order': function* (context) {
      yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1));
      yield* greeting(context) as Generator<never>;
    },
  };

  it.each(Object.keys(changes))('is not agreed with by an orchestration that %s', async (name) => {
    const changed = changes[name] ?? greeting;
    await expect(replayHistory(changed, readHistoryFile(recordedFile))).rejects.toThrow(/Non-deterministic/);
  });
});
