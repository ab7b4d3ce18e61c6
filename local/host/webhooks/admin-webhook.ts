import { z } from 'zod';
import { type KeyStore } from '../config/key-store';
import { type FunctionRegistry } from '../core/function-registry';
import { type TypedData } from '../core/core-types';
import { type Exchange, type Handler, jsonReply, keyOf, type Reply } from '../http/exchange';

const ManualRun = z.looseObject({ input: z.string().optional() });

export interface AdminWebhookOptions {
  readonly registry: FunctionRegistry;
  readonly keyStore: KeyStore;
  readonly status: () => object;
  /** Starts a function by hand; false when its trigger cannot be started so. */
  readonly runByHand: (functionName: string, input: TypedData) => boolean;
}

/** `/admin/...`, for the holder of the master key. */
export function adminWebhook(options: AdminWebhookOptions): Handler {
  return async (exchange) => {
    const [, area = '', name = ''] = exchange.segments;
    if (area === 'host' && name === 'ping') return { status: 200 };
    if (!options.keyStore.isMaster(keyOf(exchange))) return { status: 401 };
    if (area === 'host' && name === 'status') return jsonReply(200, options.status());
    if (area !== 'functions') return undefined;
    if (name === '') return jsonReply(200, list(options.registry));
    const registered = options.registry.find(name);
    if (registered === undefined) return { status: 404 };
    if (exchange.method === 'GET')
      return jsonReply(200, describe(registered.name, registered.metadata.bindings));
    return exchange.method === 'POST' ? await run(exchange, registered.name, options) : { status: 405 };
  };
}

async function run(exchange: Exchange, name: string, { runByHand }: AdminWebhookOptions): Promise<Reply> {
  let json: unknown;
  try {
    json = JSON.parse((await exchange.body()).toString('utf8'));
  } catch {
    return jsonReply(400, { error: 'The body must be JSON such as {"input":"text"}.' });
  }
  const body = ManualRun.safeParse(json);
  if (!body.success) return jsonReply(400, { error: 'The body must be JSON such as {"input":"text"}.' });
  const { input } = body.data;
  if (!runByHand(name, input === undefined ? {} : { string: input })) {
    return jsonReply(400, { error: `The trigger of '${name}' cannot be run by hand.` });
  }
  return { status: 202 };
}

function list(registry: FunctionRegistry): object[] {
  return registry.all().map(({ name, metadata }) => describe(name, metadata.bindings));
}

function describe(name: string, bindings: object): object {
  return { name, language: 'node', config: { bindings: Object.values(bindings) } };
}
