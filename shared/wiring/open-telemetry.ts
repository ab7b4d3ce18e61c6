import {
  type Context,
  type Counter,
  type Histogram,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Telemetry } from '../ports/telemetry';

const scope = 'lifeboat';

/**
 * Telemetry by the OpenTelemetry API. Without an SDK in the process its calls do nothing; with one, started by whoever
 * runs the app, spans and measures go where that SDK is told.
 */
export function openTelemetry(): Telemetry {
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  return {
    span: ({ name, about = {}, traceparent }, work) =>
      trace
        .getTracer(scope)
        .startActiveSpan(name, { attributes: about }, parentOf(traceparent), async (span) => {
          try {
            return await work();
          } catch (error) {
            span.recordException(error instanceof Error ? error : String(error));
            span.setStatus({ code: SpanStatusCode.ERROR });
            throw error;
          } finally {
            span.end();
          }
        }),
    traceparent: () => {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent;
    },
    count: (name, about) => {
      const counter = counters.get(name) ?? metrics.getMeter(scope).createCounter(name);
      counters.set(name, counter);
      counter.add(1, about);
    },
    record: (name, value, about) => {
      const histogram = histograms.get(name) ?? metrics.getMeter(scope).createHistogram(name);
      histograms.set(name, histogram);
      histogram.record(value, about);
    },
  };
}

function parentOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return context.active();
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}
