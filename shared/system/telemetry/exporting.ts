import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { Log } from '../../ports/log';

export interface ExportingTo {
  /** The collector's address, as `OTEL_EXPORTER_OTLP_ENDPOINT` names it: signals go to `/v1/traces` and so on below it. Empty: nowhere. */
  readonly endpoint: string;
  readonly service: string;
  readonly log: Log;
}

export interface Exporting {
  /** Sends what is left. Never fails: a collector that is away must not keep a process from ending. */
  stop(): Promise<void>;
}

/**
 * From here on traces, measures and logs of this process go to the collector, in batches, as OTLP in JSON over HTTP. An SDK
 * that cannot be started is no reason to do nothing else.
 */
export async function startExporting({ log, ...to }: ExportingTo): Promise<Exporting | undefined> {
  if (to.endpoint === '') return undefined;
  return startSdk(to).catch((error: unknown) => {
    log.error('telemetry is not sent', { reason: String(error) });
    return undefined;
  });
}

/** The SDK is loaded only here, so that whoever does not listen pays nothing. */
async function startSdk({ endpoint, service }: Omit<ExportingTo, 'log'>): Promise<Exporting> {
  const { contexts, core, traces, measures, lines, resources, tracing, metering, logging } = await loadSdk();
  const resource = resources
    .resourceFromAttributes({ 'service.name': service })
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const to = (signal: string): { url: string } => ({ url: `${endpoint.replace(/\/$/, '')}/v1/${signal}` });
  const spanProcessors = [
    new tracing.BatchSpanProcessor({ exporter: new traces.OTLPTraceExporter(to('traces')) }),
  ];
  const readers = [
    new metering.PeriodicExportingMetricReader({ exporter: new measures.OTLPMetricExporter(to('metrics')) }),
  ];
  const processors = [
    new logging.BatchLogRecordProcessor({ exporter: new lines.OTLPLogExporter(to('logs')) }),
  ];
  const tracer = new tracing.TracerProvider({ resource, spanProcessors });
  const meter = new metering.MeterProvider({ resource, readers });
  const logger = new logging.LoggerProvider({ resource, processors });
  context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracer);
  metrics.setGlobalMeterProvider(meter);
  logs.setGlobalLoggerProvider(logger);
  return {
    stop: async () => {
      await Promise.allSettled([tracer, meter, logger].map((provider) => provider.shutdown()));
    },
  };
}

async function loadSdk() {
  const [contexts, core, traces, measures, lines, resources, tracing, metering, logging] = await Promise.all([
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/exporter-logs-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/sdk-logs'),
  ]);
  return { contexts, core, traces, measures, lines, resources, tracing, metering, logging };
}
