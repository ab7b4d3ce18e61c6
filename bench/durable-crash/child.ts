import { type DurableEngine, openDurableEngine } from '../../local/durable';
import { FunctionsCore } from './functions-core';

/** What the driver tells a child, and what it hears. */
export interface Order {
  readonly folder: string;
  readonly batch: string;
  readonly instances: number;
}
export type Report =
  | { readonly kind: 'loaded' | 'open' }
  | {
      readonly kind: 'ended';
      readonly outputs: readonly unknown[];
      readonly counters: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'problem'; readonly message: string };

const origin = { publicBase: 'http://127.0.0.1/durable', rpcBase: 'http://127.0.0.1/rpc/', systemKey: 'key' };
const core = new FunctionsCore();
core.install();

/** Loads everything first, and opens the folder only when it is free: so the next child is ready when one is killed. */
async function main(): Promise<void> {
  const { register } = await import('./app.js');
  register();
  process.on('disconnect', () => process.exit());
  process.once('message', (order) => {
    run(order as Order).catch((error: unknown) => tell({ kind: 'problem', message: String(error) }));
  });
  tell({ kind: 'loaded' });
}

async function run({ folder, batch, instances }: Order): Promise<void> {
  const engine = await openDurableEngine({
    dataFolder: folder,
    hubName: 'crash',
    functions: {
      orchestrators: core.names('orchestrator'),
      activities: core.names('activity'),
      entities: core.names('entity'),
    },
    invoke: (_kind, name, data) => core.invoke(name, data),
    log: (level, message) => {
      if (level === 'error') tell({ kind: 'problem', message });
    },
    maxActivityRestarts: 1000,
  });
  engine.start();
  tell({ kind: 'open' });
  const ids = Array.from({ length: instances }, (_, index) => `${batch}-${index}`);
  await Promise.all(ids.map((id, index) => begin(engine, { id, batch, index })));
  await Promise.all(ids.map((id) => request(engine, 'POST', `instances/${id}/raiseEvent/go`)));
  const outputs = await Promise.all(ids.map((id) => ended(engine, id)));
  const names = ['signals', 'calls', 'locked'];
  const values = await Promise.all(
    names.map((name) => request(engine, 'GET', `entities/Counter/${batch}-${name}`)),
  );
  tell({
    kind: 'ended',
    outputs,
    counters: Object.fromEntries(names.map((name, index) => [name, values[index]?.body])),
  });
}

async function begin(
  engine: DurableEngine,
  { id, batch, index }: { id: string; batch: string; index: number },
): Promise<void> {
  const known = await request(engine, 'GET', `instances/${id}`);
  if (known.status !== 404) return;
  const { status } = await request(engine, 'POST', `orchestrators/job/${id}`, {
    batch,
    index,
    round: 1,
    sum: 0,
  });
  if (status !== 202) throw new Error(`${id} did not start: ${status}`);
}

async function ended(engine: DurableEngine, id: string): Promise<unknown> {
  for (;;) {
    const { status, body } = await request(engine, 'GET', `instances/${id}`);
    if (status !== 202) return (body as { output: unknown }).output;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function request(
  engine: DurableEngine,
  method: string,
  path: string,
  input?: unknown,
): Promise<{ status: number; body: unknown }> {
  const body = input === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(input));
  const response = await engine.handle({ method, path, headers: {}, body, origin });
  return { status: response.status, body: response.body === '' ? undefined : JSON.parse(response.body) };
}

function tell(report: Report): void {
  process.send?.(report);
}

void main();
