import {
  type Context,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Clock } from '../../ports/clock';
import type { Telemetry } from '../../ports/telemetry';
import { redacted } from '../redacted';
import { Levels } from './levels';

const scope = 'lifeboat';

/**
 * Telemetry by the OpenTelemetry API. Without an SDK in the process its calls do nothing; with one, spans and measures go
 * where that SDK is told. Spans wait for `ready`, so that an SDK which is still being loaded sees the first one whole.
 */
export function openTelemetry(clock: Clock, ready?: Promise<unknown>): Telemetry {
  const levels = new Levels(clock, () => metrics.getMeter(scope));
  return {
    span: async ({ name, about = {}, traceparent }, work) => {
      await ready;
      return trace
        .getTracer(scope)
        .startActiveSpan(name, { attributes: about }, parentOf(traceparent), (span) => within(span, work));
    },
    traceparent: () => {
      const carrier: { traceparent?: string } = {};
      propagation.inject(context.active(), carrier);
      return carrier.traceparent;
    },
    // An instrument that was made before the SDK came would stay deaf; the SDK knows one that it has by its name.
    count: (name, about, amount = 1) => metrics.getMeter(scope).createCounter(name).add(amount, about),
    record: (name, value, about) => metrics.getMeter(scope).createHistogram(name).record(value, about),
    level: (name, value, about) => levels.set(name, value, about),
  };
}

async function within<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.recordException(cleaned(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** What others throw may quote the address of a request, with its grant. */
function cleaned(error: unknown): { name: string; message: string; stack: string } {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { name, message: redacted(message), stack: redacted(stack) };
}

function parentOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return context.active();
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}
