import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const Text = z.object({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) });
const resource = z.object({ attributes: z.array(Text) });
const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource,
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: z.array(Text),
            }),
          ),
        }),
      ),
    }),
  ),
});
const points = z.object({
  dataPoints: z.array(
    z.looseObject({ asInt: z.coerce.number().optional(), asDouble: z.number().optional() }),
  ),
});
const Metrics = z.object({
  resourceMetrics: z.array(
    z.object({
      scopeMetrics: z.array(
        z.object({
          metrics: z.array(z.object({ name: z.string(), gauge: points.optional(), sum: points.optional() })),
        }),
      ),
    }),
  ),
});
const Lines = z.object({
  resourceLogs: z.array(
    z.object({
      scopeLogs: z.array(
        z.object({
          logRecords: z.array(
            z.object({ body: z.object({ stringValue: z.string() }), traceId: z.string().optional() }),
          ),
        }),
      ),
    }),
  ),
});

/** The smallest OpenTelemetry collector there can be: it keeps what it is sent as OTLP in JSON. */
export async function startCollector() {
  const bodies: { path: string; text: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push({ path: request.url ?? '', text: Buffer.concat(chunks).toString('utf8') });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sentTo = <T>(path: string, schema: z.ZodType<T>): T[] =>
    bodies.filter((body) => body.path === path).map(({ text }) => schema.parse(JSON.parse(text)));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      sentTo('/v1/traces', Traces).flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap((each) =>
          each.scopeSpans.flatMap(({ spans }) =>
            spans.map((span) => ({ ...span, service: each.resource.attributes[0]?.value.stringValue })),
          ),
        ),
      ),
    /** The newest values of a counter or a gauge; none where it was never sent. */
    values: (name: string) => {
      const metrics = sentTo('/v1/metrics', Metrics).flatMap(({ resourceMetrics }) =>
        resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)),
      );
      const found = metrics.filter((metric) => metric.name === name).at(-1);
      const { dataPoints = [] } = found?.gauge ?? found?.sum ?? {};
      return dataPoints.map(({ asInt, asDouble }) => asInt ?? asDouble);
    },
    lines: () =>
      sentTo('/v1/logs', Lines).flatMap(({ resourceLogs }) =>
        resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
      ),
    /** Every body that came, as it came. */
    text: () => bodies.map(({ text }) => text).join('\n'),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
