import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { RetryOptions } from 'durable-functions';
import { type DurableApp } from '../../support/durable/sdk';
import { settled, TestEngine } from '../../support/durable/test-engine';

interface Patience {
  readonly attempts: number;
  readonly firstMs?: number;
  readonly coefficient?: number;
  readonly longestMs?: number;
  readonly timeoutMs?: number;
  readonly succeedsAt?: number;
}

function retryOptions({
  attempts,
  firstMs = 1000,
  coefficient,
  longestMs,
  timeoutMs,
}: Patience): RetryOptions {
  const options = new RetryOptions(firstMs, attempts);
  if (coefficient !== undefined) options.backoffCoefficient = coefficient;
  if (longestMs !== undefined) options.maxRetryIntervalInMilliseconds = longestMs;
  if (timeoutMs !== undefined) options.retryTimeoutInMilliseconds = timeoutMs;
  return options;
}

describe('a retry', () => {
  let test: TestEngine;
  let attempts: number[];
  let succeedsAt: number;
  let failWith: (attempt: number) => Error;
  let server: Server | undefined;

  const app: DurableApp = {
    orchestrators: {
      tries: function* (context) {
        const patience = context.df.getInput<Patience>();
        try {
          const retried = context.df.callActivityWithRetry('attempt', retryOptions(patience), 'input');
          const other = context.df.callActivity('echo', 'beside');
          const results: unknown = yield context.df.Task.all([retried, other]);
          return [results, (yield context.df.callActivity('echo', 'after')) as unknown];
        } catch (error) {
          return [(error as Error).message, (yield context.df.callActivity('echo', 'after')) as unknown];
        }
      },
      triesChild: function* (context) {
        const task = context.df.callSubOrchestratorWithRetry(
          'flaky',
          retryOptions(context.df.getInput<Patience>()),
          'in',
        );
        return (yield task) as unknown;
      },
      flaky: function* (context) {
        return [context.df.getInput(), (yield context.df.callActivity('attempt', 1)) as unknown];
      },
      details: function* (context) {
        try {
          yield context.df.callActivity('attempt');
        } catch (error) {
          return (error as { failureDetails?: unknown }).failureDetails ?? (error as Error).message;
        }
        return undefined;
      },
      http: function* (context) {
        const { url, enablePolling } = context.df.getInput<{ url: string; enablePolling?: boolean }>();
        const response = (yield context.df.callHttp({
          method: 'POST',
          url,
          body: { question: 1 },
          ...(enablePolling === undefined ? {} : { enablePolling }),
        })) as { statusCode: number; content: string };
        return [
          response.statusCode,
          response.content,
          (yield context.df.callActivity('echo', 'after')) as unknown,
        ];
      },
    },
    activities: {
      echo: (value: unknown) => value,
      attempt: () => {
        attempts.push(test.clock.now() - start);
        if (attempts.length >= succeedsAt) return 'finally';
        throw failWith(attempts.length);
      },
    },
  };
  let start: number;

  beforeEach(async () => {
    attempts = [];
    succeedsAt = Infinity;
    failWith = (attempt) => new Error(`attempt ${attempt}`);
    test = await TestEngine.start(app);
    start = test.clock.now();
  });
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
    await test.stop();
  });

  const runFor = async (seconds: number, stepInMs = 500): Promise<void> => {
    for (let passedMs = 0; passedMs <= seconds * 1000; passedMs += stepInMs) {
      await settled(test);
      test.clock.advance(stepInMs);
    }
    await settled(test);
  };

  it('5.5 waits longer each time, up to a limit, and goes on after the last failure', async () => {
    const id = await test.begin('tries', { attempts: 5, coefficient: 2, longestMs: 5000 });
    await runFor(20);
    expect(attempts).toEqual([0, 1000, 3000, 7000, 12000]);
    const { output, historyEvents } = await test.ended(id);
    expect(output).toEqual([
      expect.stringContaining("Activity function 'attempt' failed: attempt 5"),
      'after',
    ]);
    const timers = historyEvents?.filter(({ EventType: type }) => type === 'TimerFired');
    expect(timers).toHaveLength(5);
  });

  it('5.5 ends with the first success, counted on across a restart', async () => {
    succeedsAt = 3;
    const id = await test.begin('tries', { attempts: 9, firstMs: 60_000 });
    await settled(test);
    await test.restart();
    await runFor(61, 10_000);
    await test.restart();
    await runFor(120, 10_000);
    expect((await test.ended(id)).output).toEqual([['finally', 'beside'], 'after']);
    expect(attempts).toHaveLength(3);
  });

  it('5.5 that runs out of time does not leave the orchestration waiting', async () => {
    const id = await test.begin('tries', { attempts: 100, firstMs: 1000, timeoutMs: 2500 });
    await runFor(10);
    expect(attempts).toEqual([0, 1000, 2000, 3000]);
    expect((await test.ended(id)).output).toEqual([expect.stringContaining('attempt 4'), 'after']);
    await test.restart();
    expect(test.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('5.5 with more attempts left than can be counted out fails with a reason', async () => {
    const id = await test.begin('tries', { attempts: 1e9, firstMs: 1000, timeoutMs: 500 });
    await runFor(5);
    expect((await test.ended(id)).output).toMatch(/a retry ended early with 999999998 of its attempts left/);
  });

  it('5.5 of an error that is not worth it is not made', async () => {
    failWith = () =>
      new Error(JSON.stringify({ errorType: 'Bad', errorMessage: 'no use', isNonRetriable: true }));
    const id = await test.begin('tries', { attempts: 4 });
    await runFor(5);
    expect(attempts).toHaveLength(1);
    expect((await test.ended(id)).output).toEqual([expect.stringContaining('Bad: no use'), 'after']);
  });

  it('of a child begins a new child each time', async () => {
    succeedsAt = 3;
    const id = await test.begin('triesChild', { attempts: 3 });
    await runFor(5);
    expect((await test.ended(id)).output).toEqual(['in', 'finally']);
    const { body } = await test.request('GET', 'instances/?runtimeStatus=Failed,Completed');
    expect(body).toHaveLength(4);
  });

  it('is told the details of a failure when the app sends them', async () => {
    const properties = { code: 'DiskFull' };
    failWith = () =>
      new Error(
        JSON.stringify({
          errorType: 'StorageError',
          errorMessage: 'full',
          isNonRetriable: false,
          properties,
        }),
      );
    expect((await test.run('details')).output).toMatchObject({
      errorType: 'StorageError',
      errorMessage: 'full',
      properties,
    });
    failWith = () => new Error('plain');
    expect((await test.run('details')).output).toMatch(
      /^Activity function 'attempt' failed: plain \n Error: plain/,
    );
  });

  it('callHttp polls where it is told to, as often as it is told to', async () => {
    const seen: string[] = [];
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${test.clock.now() - start}`);
      if (seen.length > 3) response.end('ready');
      else response.writeHead(202, { Location: '/poll', 'Retry-After': '5' }).end('wait');
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`;
    const id = await test.begin('http', { url });
    for (let polls = 1; polls <= 3; polls++) {
      await test.until(id, () => seen.length === polls);
      await test.until(
        id,
        () => test.engine.history(id).filter((event) => 'FireAt' in event).length >= 2 * polls - 1,
      );
      test.clock.advance(5000);
    }
    expect((await test.ended(id)).output).toEqual([200, 'ready', 'after']);
    expect(seen).toEqual(['POST /work 0', 'GET /poll 5000', 'GET /poll 10000', 'GET /poll 15000']);
    seen.length = 0;
    expect((await test.run('http', { url, enablePolling: false })).output).toEqual([202, 'wait', 'after']);
  });
});
