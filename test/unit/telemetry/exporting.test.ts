import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { startExporting } from '../../../shared/system/telemetry/exporting';
import { openTelemetry } from '../../../shared/system/telemetry/open-telemetry';
import { toldLog } from '../../../shared/system/telemetry/told-log';
import { updateReplica } from '../../../shared/service/replica/update-replica';
import { sweepReplicas } from '../../../shared/service/upkeep/sweep-replicas';
import { measuredReplicas } from '../../../shared/wiring/measured-replicas';
import { MeasuredSweep } from '../../../shared/wiring/measured-sweep';
import { startCollector } from '../../support/clients/otlp-collector';
import { everyPoint, memoryReplication } from '../../support/memory/memory-replication';

const replicaId = '7b0c6a60-3c7f-4f0e-9d7e-2f6f3f1f6f10';
const clock = { now: () => 5_000, sleep: () => Promise.resolve() };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

describe('telemetry on its way to a collector', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  beforeEach(async () => (collector = await startCollector()));
  afterEach(async () => {
    for (const api of [metrics, trace, propagation, context, logs]) api.disable();
    await collector.close();
  });

  const exporting = () =>
    startExporting({ endpoint: `${collector.endpoint}/`, service: 'lifeboat', log: quiet });

  it('links what is done inside a span, and what is said there, across processes', async () => {
    const started = exporting();
    const telemetry = openTelemetry(clock, started);
    const log = toldLog(quiet);
    let sent: string | undefined;
    await telemetry.span({ name: 'upload' }, async () => void (sent = telemetry.traceparent()));
    await telemetry.span({ name: 'ingest', traceparent: sent }, async () => {
      log.warn('half way');
      await telemetry.span({ name: 'recovery-point' }, () => Promise.resolve());
    });
    await (await started)?.stop();

    const [upload, point, ingest] = collector.spans();
    expect([upload?.name, ingest?.name, point?.name]).toEqual(['upload', 'ingest', 'recovery-point']);
    expect(upload?.service).toBe('lifeboat');
    expect(ingest?.parentSpanId).toBe(upload?.spanId);
    expect(point?.parentSpanId).toBe(ingest?.spanId);
    const { traceId } = upload ?? {};
    expect(collector.lines()).toEqual([{ body: { stringValue: 'half way' }, traceId }]);
  });

  it('says how the whole installation stands, until that is too old to be true', async () => {
    const started = await exporting();
    const { ports, replicas, clock: time } = memoryReplication();
    const telemetry = openTelemetry(ports.clock);
    const measured = new MeasuredSweep({ telemetry, clock: ports.clock });
    await replicas.create({ replicaId, sizeBytes: 4096, ownerId: 'web', policy: everyPoint });
    await updateReplica(ports, replicaId, (record) => ({
      ...record,
      lastPoint: {
        ...{ pointId: replicaId, seenServiceTimeInMs: time.nowInMs - 7_000, cutTimeInMs: time.nowInMs },
      },
      agent: { epoch: 2, sealed: 9, uploaded: 8, spooledBytes: 300, saidAtMs: time.nowInMs },
      durable: { epoch: 2, sequence: 4 },
      cachedBytes: 500,
    }));
    const sweep = () => sweepReplicas({ ...ports, observe: (record) => measured.observe(record) });
    await measured.around(sweep);
    await measured.around(sweep);
    const counted = measuredReplicas({ ...replicas, report: () => Promise.resolve(told) }, telemetry);
    for (const churnBytes of [40, 2]) await counted.report({ ...report, churnBytes });
    telemetry.count('lifeboat.job.ended');
    await started?.stop();

    const wanted = { 'rpo.worst.ms': [7_000], 'lag.logs': [5], 'backlog.bytes': [800], replicas: [1, 0, 0] };
    for (const [name, values] of Object.entries(wanted))
      expect({ [name]: collector.values(`lifeboat.${name}`) }).toEqual({ [name]: values });
    expect(collector.values('lifeboat.churn.bytes')).toEqual([42]);
    expect(collector.values('lifeboat.job.ended')).toEqual([1]);
  });

  it('leaves a level out that nobody has told for minutes', async () => {
    const started = await exporting();
    let nowInMs = 0;
    const telemetry = openTelemetry({ ...clock, now: () => nowInMs });
    telemetry.level('lifeboat.lag.logs', 5);
    telemetry.count('lifeboat.job.ended');
    nowInMs = 150_000;
    await started?.stop();
    expect(collector.values('lifeboat.lag.logs')).toEqual([]);
    expect(collector.values('lifeboat.job.ended')).toEqual([1]);
  });

  it('carries no secret, whatever a failure quotes', async () => {
    const started = await exporting();
    const secret = 'Zm9yLXlvdXItZXllcy1vbmx5LTAxMjM0NTY3ODk';
    const failure = new Error(`PUT https://cache.example/logs/1?sp=c&sig=${secret} answered 403`);
    const failing = openTelemetry(clock).span({ name: 'upload' }, () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    toldLog(quiet).error(failure.message, { cause: failure.message, authorization: `Bearer ${secret}` });
    await started?.stop();
    expect(collector.text()).toContain('answered 403');
    expect(collector.text()).not.toContain(secret);
  });

  it('holds nobody up where no collector is', async () => {
    const started = await startExporting({ endpoint: 'http://127.0.0.1:1', service: 'lifeboat', log: quiet });
    await openTelemetry(clock).span({ name: 'upload' }, () => Promise.resolve());
    await expect(started?.stop()).resolves.toBeUndefined();
  });
});

const told = { durable: null, applied: null, wants: null, cacheFull: false };
const report = {
  ...{ replicaId, epoch: 1, sealed: 0, uploaded: 0, diskSizeBytes: 4096, copiedBytes: 0, toCopyBytes: 0 },
  ...{ spooledBytes: 0, state: 'replicating' as const },
};
