import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Freezer } from '../../../agent/markers/freezer';
import { OwnParticipant } from '../../../agent/markers/group/own-participant';
import { SignedChannel } from '../../../agent/markers/group/signed-channel';
import { AgentKey } from '../../../agent/service/agent-key';
import { systemClock } from '../../../shared/system/system-clock';
import { eventually } from '../../support/eventually';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

interface Party {
  readonly agentId: string;
  readonly key: AgentKey;
}

const newParty = (): Party => ({ agentId: randomUUID(), key: new AgentKey(AgentKey.create()) });
const groupId = randomUUID();
const left = newParty();
const right = newParty();

let server: Server;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function socketPair(): Promise<readonly [Socket, Socket]> {
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const ours = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const pair = [ours, await accepted] as const;
  sockets.push(...pair);
  return pair;
}

class Talk {
  readonly messages: unknown[] = [];
  isOpen = false;
  isClosed = false;
  readonly channel: SignedChannel;

  constructor(socket: Socket, own: Party, peer: Party, group = groupId) {
    this.channel = new SignedChannel({
      ...{ socket, clock: systemClock, ...own, groupId: group },
      publicKeyOf: (agentId) => (agentId === peer.agentId ? peer.key.publicKey : undefined),
      onOpen: () => {
        this.isOpen = true;
      },
      onMessage: (message) => void this.messages.push(message),
      onClose: () => {
        this.isClosed = true;
      },
    });
  }
}

const soon = (look: () => boolean): Promise<boolean> => eventually(() => Promise.resolve(look()));

describe('a signed channel', () => {
  it('carries messages both ways between agents that know each other', async () => {
    const [one, two] = await socketPair();
    const [ours, theirs] = [new Talk(one, left, right), new Talk(two, right, left)];
    await soon(() => ours.isOpen && theirs.isOpen);
    ours.channel.send({ count: 1 });
    theirs.channel.send({ count: 2 });
    await soon(() => ours.messages.length === 1 && theirs.messages.length === 1);
    expect([...ours.messages, ...theirs.messages]).toEqual([{ count: 2 }, { count: 1 }]);
  });

  it('opens to nobody who has another key, another name or another group', async () => {
    const impostor = { agentId: right.agentId, key: newParty().key };
    for (const [party, group] of [
      [impostor, groupId],
      [newParty(), groupId],
      [right, randomUUID()],
      [left, groupId],
    ] as const) {
      const [one, two] = await socketPair();
      const ours = new Talk(one, left, right);
      new Talk(two, party, left, group);
      await soon(() => ours.isClosed);
      expect(ours.isOpen).toBe(false);
    }
  });

  it('hangs up on a message that was said before, and on one that was changed', async () => {
    for (const disturb of [
      (frame: Buffer): Buffer[] => [frame, frame],
      (frame: Buffer): Buffer[] => [
        Buffer.from(frame.toString('latin1').replace('count', 'total'), 'latin1'),
      ],
    ]) {
      const [one, toRelay] = await socketPair();
      const [relay, two] = await socketPair();
      const [ours, theirs] = [new Talk(one, left, right), new Talk(two, right, left)];
      let isDisturbed = false;
      relay.on('data', (chunk) => toRelay.write(chunk));
      toRelay.on('data', (chunk) => {
        for (const part of isDisturbed ? disturb(chunk) : [chunk]) relay.write(part);
      });
      await soon(() => ours.isOpen && theirs.isOpen);
      isDisturbed = true;
      ours.channel.send({ count: 1 });
      await soon(() => theirs.isClosed);
      expect(theirs.messages.length).toBeLessThanOrEqual(1);
    }
  });

  it('hangs up on what is no message at all', async () => {
    for (const bytes of [Buffer.from([255, 255, 255, 255]), Buffer.from('\0\0\0\u0002{}'), Buffer.alloc(8)]) {
      const [one, two] = await socketPair();
      const ours = new Talk(one, left, right);
      two.write(bytes);
      await soon(() => ours.isClosed);
      expect(ours.isOpen).toBe(false);
    }
  });
});

describe("a member's part in a marker", () => {
  it('lets the guest go on when its time is over, and seals nothing it no longer holds', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-part-'));
    const service = await ReferenceService.start();
    const path = join(folder, 'disk');
    writeFileSync(path, Buffer.alloc(1024 * 1024));
    const agent = await startTestAgent({ url: service.url, folder, machineId: 'machine', paths: [path] });
    try {
      const [disk] = agent.disks;
      const members = [await service.protect('machine', 'disk0', 1024 * 1024)];
      await eventually(() => Promise.resolve(disk?.isInDoubt === false));
      let passTime = (): void => undefined;
      const own = new OwnParticipant({
        clock: { now: () => 0, sleep: () => new Promise<void>((resolve) => (passTime = resolve)) },
        freezer: new Freezer(undefined, { info: jest.fn(), warn: jest.fn(), error: jest.fn() }),
        seenServiceTime: () => 1,
        diskOf: () => disk,
        wantedMembers: () => members,
        onSealed: () => undefined,
      });
      const markerId = randomUUID();
      await own.prepare({ markerId, kind: 'crash', members, timeLimitInMs: 10_000 });
      await own.hold(markerId, 200);
      const guest = await NbdClient.connect(agent.nbd, 'disk0');
      let isWritten = false;
      const writing = guest.write(0, Buffer.alloc(512, 1)).then(() => {
        isWritten = true;
      });
      await guest.read(0, 512);
      expect(isWritten).toBe(false);
      passTime();
      await writing;
      const marker = {
        id: markerId,
        kind: 'crash',
        members,
        seenServiceTimeInMs: 1,
        cutTimeInMs: 1,
      } as const;
      await expect(own.seal(marker)).rejects.toThrow('let go');
      await expect(
        own.prepare({ markerId, kind: 'crash', members: [], timeLimitInMs: 1000 }),
      ).rejects.toThrow('other members');
      guest.close();
    } finally {
      await agent.stop();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
