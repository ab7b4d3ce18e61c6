import { connect } from 'node:net';
import { message } from 'rhea';
import { type Broker, startBroker } from '../../../local/servicebus';
import { BrokerError } from '../../../local/servicebus/broker-error';
import { FrameGuard } from '../../../local/servicebus/encoding/frame-guard';
import { parseMessage } from '../../../local/servicebus/encoding/incoming-message';
import { bodyOf, connectRaw, dataMessage } from '../../support/servicebus/raw-client';
import { trialKey } from '../../support/servicebus/broker-process';
import { recordedConversation } from '../../support/servicebus/recorded-conversation';
import { SeededChance } from '../../support/seeded-chance';

const isLong = process.env['LIFEBOAT_LONG'] === '1';
const parserInputs = isLong ? 100_000 : 4_000;
const conversations = isLong ? 5_000 : 150;
const seed = Number(process.env['BROKER_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`the broker, given damaged bytes (seed ${seed})`, () => {
  const chance = new SeededChance(seed);
  let broker: Broker;
  let conversation: Buffer;

  beforeAll(async () => {
    broker = await startBroker({ entities: { queues: [{ name: 'plain' }] }, port: 0, key: trialKey });
    conversation = await recordedConversation(broker.port);
  });
  afterAll(() => broker.stop());

  it(`takes a message apart or refuses it, ${parserInputs} times`, () => {
    const whole = message.encode({
      header: { durable: true, ttl: 5 },
      message_annotations: { 'x-opt-partition-key': 'p' },
      properties: { message_id: 'm' },
      message_id: 'm',
      group_id: 'g',
      application_properties: { a: 1, b: 'two', c: [1, 2, 3] },
      body: message.data_section(Buffer.from('body')),
    });
    let refused = 0;
    for (let count = 0; count < parserInputs; count += 1) {
      try {
        parseMessage(damaged(whole, chance), () => 'new');
      } catch (error) {
        expect(error).toBeInstanceOf(BrokerError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(parserInputs / 10);
  });

  it(`passes on whole frames or refuses the connection, ${parserInputs} times`, () => {
    let refusals = 0;
    for (let count = 0; count < parserInputs; count += 1) {
      const guard = new FrameGuard(
        () => undefined,
        (error) => {
          expect(error).toBeInstanceOf(BrokerError);
          refusals += 1;
        },
      );
      guard.push(damaged(conversation, chance));
    }
    expect(refusals).toBeGreaterThan(parserInputs / 10);
  });

  it(`serves others while ${conversations} clients talk nonsense`, async () => {
    for (let count = 0; count < conversations; count += 1)
      await talk(broker.port, damaged(conversation, chance));
    const client = await connectRaw(broker.port, trialKey);
    const sender = client.sender('plain');
    await new Promise<void>((resolve) => {
      sender.once('sendable', () => void sender.send(dataMessage('still here') as never));
      sender.once('accepted', () => resolve());
    });
    const receiver = client.receiver('plain', { credit: 100 });
    const found = await new Promise<string>((resolve) => {
      receiver.on('message', (context) => {
        const body = bodyOf(context.message);
        if (body === 'still here') resolve(body);
      });
    });
    expect(found).toBe('still here');
    await client.close();
  });
});

/** Writes, waits for the broker to hang up or fall silent, and hangs up. */
function talk(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setTimeout(500, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.once('close', () => resolve());
  });
}

function damaged(bytes: Buffer, chance: SeededChance): Buffer {
  const copy = Buffer.from(bytes);
  const changes = 1 + chance.below(4);
  for (let count = 0; count < changes; count += 1) {
    const at = chance.below(copy.length);
    const values = [0x00, 0x40, 0x45, 0x53, 0x7f, 0x80, 0xd0, 0xf0, 0xff, chance.below(256)];
    copy[at] = values[chance.below(values.length)] ?? 0;
  }
  if (chance.next() < 0.1) return copy.subarray(0, chance.below(copy.length));
  return chance.next() < 0.1 ? Buffer.concat([copy.subarray(0, chance.below(copy.length)), copy]) : copy;
}
