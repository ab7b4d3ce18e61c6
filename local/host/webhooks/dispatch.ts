import { type Handler } from '../http/exchange';

export interface Handlers {
  readonly functions: Handler;
  readonly admin: Handler;
  readonly eventGrid: Handler;
  readonly durable: Handler | undefined;
  readonly durableInner: Handler | undefined;
}

/** The host's own paths come first; whatever else there is belongs to the app. */
export function dispatch(handlers: Handlers): Handler {
  return async (exchange) => {
    const [first = '', second = '', third = ''] = exchange.segments.map((segment) => segment.toLowerCase());
    if (first === 'admin') return await handlers.admin(exchange);
    if (first === 'durabletask') {
      const reply = await handlers.durableInner?.(exchange);
      if (reply !== undefined) return reply;
    }
    if (first !== 'runtime') return await handlers.functions(exchange);
    if (second !== 'webhooks') return undefined;
    if (third === 'eventgrid') return await handlers.eventGrid(exchange);
    return third === 'durabletask' ? await handlers.durable?.(exchange) : undefined;
  };
}
