import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  trace,
  TraceFlags,
} from '@opentelemetry/api';

/** What an SDK would be told. */
export interface Noted {
  readonly spans: {
    name: string;
    attributes: Attributes | undefined;
    traceId: string | undefined;
    said: string[];
  }[];
  readonly measures: { kind: string; name: string; value: number; about: Attributes | undefined }[];
}

/** The smallest SDK there can be: it writes down what the API is asked for, and passes contexts on. */
export function listen(): Noted {
  const noted: Noted = { spans: [], measures: [] };
  context.setGlobalContextManager(contexts());
  metrics.setGlobalMeterProvider({ getMeter: () => meterFor(noted) as never });
  trace.setGlobalTracerProvider({ getTracer: () => tracerFor(noted) as never });
  propagation.setGlobalPropagator({
    fields: () => ['traceparent'],
    inject: (from, carrier) => {
      const span = trace.getSpanContext(from);
      if (span !== undefined)
        Object.assign(carrier as object, { traceparent: `00-${span.traceId}-${span.spanId}-01` });
    },
    extract: (from, carrier: { traceparent?: string }) => {
      const [, traceId = '', spanId = ''] = carrier.traceparent?.split('-') ?? [];
      return trace.setSpanContext(from, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
    },
  });
  return noted;
}

function meterFor({ measures }: Noted): object {
  const instrument = (kind: string) => (name: string) => {
    const note = (value: number, about?: Attributes) => measures.push({ kind, name, value, about });
    return { add: note, record: note };
  };
  return { createCounter: instrument('counter'), createHistogram: instrument('histogram') };
}

function tracerFor({ spans }: Noted): object {
  return {
    startActiveSpan: (
      name: string,
      options: { attributes?: Attributes },
      parent: Context,
      work: (span: Span) => unknown,
    ) => {
      const said: string[] = [];
      const traceId = trace.getSpanContext(parent)?.traceId;
      spans.push({ name, attributes: options.attributes, traceId, said });
      const spanContext = { traceId, spanId: '00f067aa0ba902b7', traceFlags: TraceFlags.SAMPLED };
      const span = {
        recordException: (error: Error) => said.push(error.message),
        setStatus: ({ code }: { code: number }) => said.push(`status ${code}`),
        end: () => said.push('end'),
        spanContext: () => spanContext,
      } as never;
      return context.with(trace.setSpan(parent, span), () => work(span));
    },
  };
}

function contexts(): ContextManager {
  const store = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => store.getStore() ?? ROOT_CONTEXT,
    with: (current, work, thisArgument, ...rest) =>
      store.run(current, () => work.call(thisArgument as never, ...rest)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
