import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { ServiceBusDoorbells } from '../../../shared/azure/service-bus-doorbells';
import { Doorbell } from '../../../shared/contracts/doorbell';
import type { ReplicaRecord } from '../../../shared/contracts/replication/replica-record';
import type { LifeboatEvent } from '../../../shared/ports/events';
import { sweepReplicas } from '../../../shared/service/upkeep/sweep-replicas';
import { updateReplica } from '../../../shared/service/replica/update-replica';
import { measuredEvents } from '../../../shared/wiring/measured-events';
import { measureReplica } from '../../../shared/wiring/measure-replica';
import { openTelemetry } from '../../../shared/system/telemetry/open-telemetry';
import { everyPoint, memoryReplication } from '../../support/memory/memory-replication';
import { listen } from './listen';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const replicaId = '7b0c6a60-3c7f-4f0e-9d7e-2f6f3f1f6f10';
const clock = { now: () => 5_000, sleep: () => Promise.resolve() };

afterEach(() => {
  metrics.disable();
  trace.disable();
  propagation.disable();
  context.disable();
});

describe('telemetry', () => {
  it('costs nothing and changes nothing where nobody listens', async () => {
    const telemetry = openTelemetry(clock);
    telemetry.count('lifeboat.anything');
    telemetry.record('lifeboat.anything.ms', 1);
    expect(telemetry.traceparent()).toBeUndefined();
    await expect(telemetry.span({ name: 'work', traceparent }, () => Promise.resolve(7))).resolves.toBe(7);
    await expect(telemetry.span({ name: 'work' }, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
  });

  it('goes on with the trace that a message brought', async () => {
    const noted = listen();
    const about = { replicaId: 'r' };
    await openTelemetry(clock).span({ name: 'ingest', about, traceparent }, () => Promise.resolve());
    expect(noted.spans).toEqual([{ name: 'ingest', attributes: about, traceId, said: ['end'] }]);
  });

  it('notes what work throws, ends the span, and lets it through', async () => {
    const noted = listen();
    const failing = openTelemetry(clock).span({ name: 'ingest' }, () => Promise.reject(new Error('torn')));
    await expect(failing).rejects.toThrow('torn');
    expect(noted.spans[0]?.said).toEqual(['torn', 'status 2', 'end']);
  });
});

describe('a trace', () => {
  it('goes from the request that rang to the drain that the bell leads to', async () => {
    const noted = listen();
    const telemetry = openTelemetry(clock);
    const sent: { body: unknown }[] = [];
    const queue = { sendMessages: async (message: { body: unknown }) => void sent.push(message) };
    const doorbells = new ServiceBusDoorbells(queue as never, () => telemetry.traceparent());

    await telemetry.span({ name: 'api', traceparent }, () => doorbells.ring(replicaId));
    const bell = Doorbell.parse(sent[0]?.body);
    await telemetry.span({ name: 'ingest', traceparent: bell.traceparent }, () => Promise.resolve());

    expect(bell.replicaId).toBe(replicaId);
    expect(noted.spans.map(({ name, traceId: id }) => `${name} ${id}`)).toEqual([
      `api ${traceId}`,
      `ingest ${traceId}`,
    ]);
  });

  it('is not spoken of where nobody listens', async () => {
    const sent: { body: unknown }[] = [];
    const queue = { sendMessages: async (message: { body: unknown }) => void sent.push(message) };
    const doorbells = new ServiceBusDoorbells(queue as never, () => openTelemetry(clock).traceparent());
    await doorbells.ring(replicaId);
    expect(sent[0]?.body).toEqual({ replicaId });
  });
});

describe('events on their way to subscribers', () => {
  const event = (type: string, data: object): LifeboatEvent => ({
    ...{ id: type, type, subject: '/vaults/harbour/items/web', timeInMs: 2_000, data },
  });

  it('are counted by what has few values, and never by what they happened to', async () => {
    const noted = listen();
    const job = { scenarioName: 'TestFailover', state: 'Succeeded' };
    const told: LifeboatEvent[] = [];
    const events = measuredEvents(
      { publish: async (one) => void told.push(one) },
      { telemetry: openTelemetry(clock), clock },
    );
    const all = [
      event('lifeboat.recovery-point.created', { kind: 'crash', pointId: 'p', members: [] }),
      event('lifeboat.health.changed', { replicaId: 'r', from: 'Normal', to: 'Critical', causes: [] }),
      event('lifeboat.job.ended', { ...job, jobId: 'j', durationInMs: 4_000 }),
    ];
    for (const one of all) await events.publish(one);
    expect(told).toEqual(all);
    expect(noted.measures).toEqual([
      { kind: 'counter', name: 'lifeboat.recovery-point.created', value: 1, about: { kind: 'crash' } },
      { kind: 'histogram', name: 'lifeboat.recovery-point.age.ms', value: 3_000, about: { kind: 'crash' } },
      { kind: 'counter', name: 'lifeboat.health.changed', value: 1, about: { to: 'Critical' } },
      { kind: 'counter', name: 'lifeboat.job.ended', value: 1, about: job },
      { kind: 'histogram', name: 'lifeboat.job.duration.ms', value: 4_000, about: job },
    ]);
  });

  it('are not counted when nobody could be told', async () => {
    const noted = listen();
    const down = { publish: () => Promise.reject(new Error('down')) };
    const events = measuredEvents(down, { telemetry: openTelemetry(clock), clock });
    await expect(events.publish(event('lifeboat.job.ended', {}))).rejects.toThrow('down');
    expect(noted.measures).toEqual([]);
  });
});

describe('a sweep', () => {
  it('measures how old the newest point of each replica is, and what is on the way to it', async () => {
    const noted = listen();
    const { ports, replicas, clock } = memoryReplication();
    const telemetry = openTelemetry(ports.clock);
    const watched = {
      ...ports,
      observe: (record: ReplicaRecord) => measureReplica(record, { telemetry, clock: ports.clock }),
    };
    await replicas.create({ replicaId, sizeBytes: 4096, ownerId: 'web', policy: everyPoint });
    await updateReplica(ports, replicaId, (record) => ({
      ...record,
      lastPoint: {
        pointId: replicaId,
        seenServiceTimeInMs: clock.nowInMs - 7_000,
        cutTimeInMs: clock.nowInMs,
      },
      agent: { epoch: 2, sealed: 9, uploaded: 8, spooledBytes: 300, saidAtMs: clock.nowInMs },
      durable: { epoch: 2, sequence: 4 },
      cachedBytes: 500,
    }));
    await sweepReplicas(watched);
    const about = { health: 'Normal' };
    expect(noted.measures).toEqual([
      { kind: 'histogram', name: 'lifeboat.replica.rpo.ms', value: 7_000, about },
      { kind: 'histogram', name: 'lifeboat.replica.lag.logs', value: 5, about },
      { kind: 'histogram', name: 'lifeboat.replica.backlog.bytes', value: 800, about },
    ]);
  });
});
