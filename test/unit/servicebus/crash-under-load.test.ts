import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrokerProcess, trialKey } from '../../support/servicebus/broker-process';
import {
  Ledger,
  loadQueue,
  loadSessions,
  putLoad,
  receiveEndlessly,
} from '../../support/servicebus/crash-load';
import { connectRaw } from '../../support/servicebus/raw-client';
import { eventually } from '../../support/eventually';
import { SeededChance } from '../../support/seeded-chance';

const kills = process.env['LIFEBOAT_LONG'] === '1' ? 500 : 50;
const seed = Number(process.env['BROKER_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const entities = { queues: [{ name: loadQueue, requiresSession: true, maxDeliveryCount: 1_000_000 }] };

describe('a broker that is killed under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'broker-crash-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(`loses nothing it acknowledged and keeps sessions in order (${kills} kills)`, async () => {
    const ledger = new Ledger();
    const chance = new SeededChance(seed);
    for (let kill = 0; kill < kills; kill += 1) await oneLife(folder, ledger, 1 + chance.below(40));
    await drain(folder, ledger);
    console.log(
      `seed ${seed}: ${kills} kills, ${ledger.acknowledged.size} acknowledged, ${ledger.lost().length} lost, ` +
        `${ledger.outOfOrder} out of order, ${ledger.duplicates} duplicates, ` +
        `${ledger.completed.size} completed, ${ledger.returned} of them came back`,
    );
    expect(ledger.acknowledged.size).toBeGreaterThan(kills);
    expect(ledger.lost()).toEqual([]);
    expect(ledger.outOfOrder).toBe(0);
    expect(ledger.returned).toBe(0);
  }, 600_000);
});

/** Kills the broker at an acknowledgement nobody foresees, with others on their way. */
async function oneLife(folder: string, ledger: Ledger, acknowledgements: number): Promise<void> {
  const broker = await startBrokerProcess(folder, entities);
  const killed = new Promise<void>((resolve) => {
    let left = acknowledgements;
    ledger.onAcknowledged = () => {
      left -= 1;
      if (left === 0) resolve(broker.kill());
    };
  });
  const client = await putLoad(broker.port, ledger);
  const cut = new Promise<void>((resolve) => client.connection.once('disconnected', () => resolve()));
  await Promise.all([killed, cut]);
}

/** Receives all that was acknowledged, and then until every session has been silent for a while. */
async function drain(folder: string, ledger: Ledger): Promise<void> {
  const broker = await startBrokerProcess(folder, entities);
  const client = await connectRaw(broker.port, trialKey);
  for (const session of loadSessions) receiveEndlessly(client, session, ledger);
  // What never comes is named by the verdict.
  await eventually(() => Promise.resolve(ledger.lost().length === 0)).catch(() => undefined);
  let before = -1;
  while (ledger.received.size + ledger.duplicates !== before) {
    before = ledger.received.size + ledger.duplicates;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await client.close();
  expect(await broker.stop()).toBe(0);
}
