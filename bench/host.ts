/** How fast the Functions host is, beside what the machine can do at all in the same run. See local/host/README.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHostProcess } from '../local/host/process/start-host-process';
import { durationOf, perSecond, rawTransactionsPerSecond, request, startBareServer } from './host-load';

const repository = path.resolve(__dirname, '../..');

/** Nothing listens there; the host goes on without a broker. */
const nowhere =
  'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=AA==;UseDevelopmentEmulator=true';

const environment = {
  TASKHUB_NAME: 'bench',
  ONCE_A_YEAR: '0 0 0 1 1 *',
  PLAIN_QUEUE: 'plain',
  SERVICE_BUS: nowhere,
};

interface Target {
  readonly origin: string;
  readonly key: string;
}

function row(what: string, value: number, unit: string, raw: { value: number; name: string }): void {
  const ratio = (value / raw.value).toFixed(2);
  console.log(
    `| ${what} | ${value.toFixed(0)} ${unit} | ${raw.value.toFixed(0)} ${unit} (${raw.name}) | ${ratio} |`,
  );
}

function startOrchestration(
  { origin, key }: Target,
  name: string,
  id: string,
  input: number,
): Promise<string> {
  const url = `${origin}/runtime/webhooks/durabletask/orchestrators/${name}/${id}?code=${key}`;
  return request(url, { method: 'POST', body: JSON.stringify(input) });
}

/** Resolves when no instance runs any more. Looks seldom, so that looking is not what is measured. */
async function allEnded({ origin, key }: Target): Promise<void> {
  const url = `${origin}/runtime/webhooks/durabletask/instances?runtimeStatus=Pending,Running&top=1&code=${key}`;
  while ((JSON.parse(await request(url)) as unknown[]).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function measureHttp({ origin }: Target): Promise<void> {
  const bare = await startBareServer();
  for (const concurrency of [1, 16]) {
    const count = concurrency === 1 ? 1_000 : 4_000;
    const raw = await perSecond(count, concurrency, () => request(`http://127.0.0.1:${bare.port}/`));
    const rate = await perSecond(count, concurrency, () => request(`${origin}/api/defaultName`));
    row(`HTTP requests, ${concurrency} at a time`, rate, '/s', { value: raw, name: 'bare node:http' });
  }
  bare.process.kill();
}

async function measureDurable(target: Target, folder: string): Promise<void> {
  const run = async (name: string, count: number, input: number): Promise<number> =>
    durationOf(async () => {
      await perSecond(count, 50, (index) =>
        startOrchestration(target, name, `${name}-${count}-${input}-${index}`, input),
      );
      await allEnded(target);
    });
  await run('chain', 1, 20);
  const raw = { value: await rawTransactionsPerSecond(folder), name: 'fsynced SQLite transactions' };
  row(
    'commits of one chain of 100 activities, two for each',
    200_000 / (await run('chain', 1, 100)),
    '/s',
    raw,
  );
  row(
    'orchestrations of one activity, started 50 at a time',
    1_000_000 / (await run('chain', 1_000, 1)),
    '/s',
    raw,
  );
  row('activities, 20 fan-outs of 100', 2_000_000 / (await run('fanOut', 20, 100)), '/s', raw);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-host-'));
  const dataFolder = path.join(folder, 'data');
  const appFolder = path.join(repository, 'test/sample-app');
  const start = () => startHostProcess({ appFolder, dataFolder, port: 0, logLevel: 'none', environment });
  console.log('| what | measured | raw limit in the same run | ratio |\n|---|---|---|---|');

  const bareInMs = await durationOf(async () => {
    const bare = await startBareServer();
    await request(`http://127.0.0.1:${bare.port}/`);
    bare.process.kill();
  });
  await (await start()).kill();
  const startedAtMs = performance.now();
  const host = await start();
  const origin = `http://127.0.0.1:${host.port}`;
  await request(`${origin}/api/defaultName`);
  row('process start to first answer', performance.now() - startedAtMs, 'ms', {
    value: bareInMs,
    name: 'bare node:http',
  });

  const keys = JSON.parse(readFileSync(path.join(dataFolder, 'keys.json'), 'utf8')) as { masterKey: string };
  const target = { origin, key: keys.masterKey };
  await measureHttp(target);
  await measureDurable(target, folder);
  await host.kill();
  rmSync(folder, { recursive: true, force: true });
}

void main();
