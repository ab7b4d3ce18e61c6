import { z } from 'zod';
import { type KeyStore } from '../config/key-store';
import { type FunctionRegistry, type RegisteredFunction } from '../core/function-registry';
import { type Invoke } from '../core/invoker';
import { type Exchange, type Handler, jsonReply, keyOf, type Reply } from '../http/exchange';

const ValidationEvent = z.looseObject({ data: z.looseObject({ validationCode: z.string().min(1) }) });
const GridEvent = z.record(z.string(), z.unknown());
const GridEvents = z.union([z.array(GridEvent), GridEvent.transform((event) => [event])]);

export interface EventGridWebhookOptions {
  readonly registry: Pick<FunctionRegistry, 'find'>;
  readonly keyStore: KeyStore;
  readonly invoke: Invoke;
}

/** `/runtime/webhooks/eventgrid?functionName=...&code=...`: the handshake and the events, in both schemas. */
export function eventGridWebhook({ registry, keyStore, invoke }: EventGridWebhookOptions): Handler {
  return async (exchange) => {
    if (!keyStore.opensSystem('eventgrid_extension', keyOf(exchange))) return { status: 401 };
    const registered = registry.find(exchange.query.get('functionName') ?? '');
    if (registered?.trigger.type.toLowerCase() !== 'eventgridtrigger') return { status: 404 };
    if (exchange.method === 'OPTIONS') return allowSender(exchange);
    if (exchange.method !== 'POST') return { status: 405 };

    const body = parseJson(await exchange.body());
    switch (kindOf(exchange)) {
      case 'subscriptionvalidation':
        return confirmSubscription(body);
      case 'notification':
        return await deliver(registered, body, invoke);
      case 'unsubscribe':
        return { status: 202 };
      default:
        return jsonReply(400, {
          error: 'aeg-event-type must be SubscriptionValidation, Notification or Unsubscribe.',
        });
    }
  };
}

/** Senders that speak CloudEvents alone do not send Event Grid's header. */
function kindOf({ headers }: Exchange): string {
  const isCloudEvents = /^application\/cloudevents(-batch)?\+json/i.test(headers['content-type'] ?? '');
  return (headers['aeg-event-type'] ?? (isCloudEvents ? 'notification' : '')).toLowerCase();
}

/** The CloudEvents webhook handshake. */
function allowSender({ headers }: Exchange): Reply {
  const origin = headers['webhook-request-origin'];
  if (origin === undefined) return { status: 400 };
  return { status: 200, headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' } };
}

function confirmSubscription(body: unknown): Reply {
  const event = z
    .union([z.array(ValidationEvent).min(1), ValidationEvent.transform((one) => [one])])
    .safeParse(body);
  const code = event.data?.[0]?.data.validationCode;
  if (code === undefined)
    return jsonReply(400, { error: 'The validation event has no data.validationCode.' });
  return jsonReply(200, { validationResponse: code });
}

async function deliver(registered: RegisteredFunction, body: unknown, invoke: Invoke): Promise<Reply> {
  const events = GridEvents.safeParse(body);
  if (!events.success)
    return jsonReply(400, { error: 'The body must be one event or an array of events, in JSON.' });
  const wantsMany = registered.trigger['cardinality'] === 'many';
  const calls = wantsMany ? [events.data] : events.data;
  const outcomes = await Promise.allSettled(
    calls.map((data) =>
      invoke(registered, {
        reason: 'EventGrid trigger fired',
        data: { json: JSON.stringify(data) },
        triggerMetadata: Array.isArray(data) ? {} : { data: { json: JSON.stringify(data['data'] ?? null) } },
      }),
    ),
  );
  return { status: outcomes.some((outcome) => outcome.status === 'rejected') ? 500 : 202 };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
