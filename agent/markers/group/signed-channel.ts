import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Socket } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../../../shared/ports/clock';
import { ByteQueue } from '../../nbd/byte-queue';
import type { AgentKey } from '../../service/agent-key';
import { Greeting } from './group-messages';

export interface ChannelOptions {
  readonly socket: Socket;
  readonly clock: Clock;
  readonly key: AgentKey;
  readonly groupId: string;
  readonly agentId: string;
  /** The key that this agent must prove, or nothing for one that is not to be let in. */
  readonly publicKeyOf: (agentId: string) => string | undefined;
  /** The other side has proved who it is. */
  readonly onOpen: (agentId: string) => void;
  readonly onMessage: (message: unknown) => void;
  readonly onClose: () => void;
}

const Signed = z.strictObject({ text: z.string(), signature: z.string() });
const frameLimitBytes = 512 * 1024;
const greetingLimitBytes = 1024;
const openWithinInMs = 10_000;

/**
 * A conversation of two agents of a group that know each other's keys. Both greet with a challenge; every message after
 * that is signed over both challenges, the sender and its number, so none can be forged, repeated, moved or sent back.
 */
export class SignedChannel {
  readonly #options: ChannelOptions;
  readonly #greeting: Greeting;
  readonly #queue = new ByteQueue();
  #peer: { readonly agentId: string; readonly publicKey: string; readonly session: string } | undefined;
  #sentCount = 0;
  #receivedCount = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
    const { socket, groupId, agentId, clock } = options;
    this.#greeting = { groupId, agentId, challenge: randomBytes(32).toString('base64url') };
    socket.setNoDelay(true).setKeepAlive(true, 10_000);
    const opening = new AbortController();
    socket.on('data', (chunk) => this.#take(chunk, opening));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      opening.abort();
      options.onClose();
    });
    void clock.sleep(openWithinInMs, opening.signal).then(() => {
      if (!opening.signal.aborted) socket.destroy();
    });
    this.#sendFrame(this.#greeting);
  }

  send(message: object): void {
    const text = JSON.stringify(message);
    const signature = this.#options.key.sign(this.#toSign(this.#options.agentId, this.#sentCount++, text));
    this.#sendFrame({ text, signature });
  }

  close(): void {
    this.#options.socket.destroy();
  }

  #take(chunk: Buffer, opening: AbortController): void {
    this.#queue.push(chunk);
    try {
      for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
        this.#takeFrame(JSON.parse(frame.toString('utf8')), opening);
      }
    } catch {
      // Whoever says what cannot be, or cannot prove who it is, is not talked to any longer.
      this.#options.socket.destroy();
    }
  }

  #nextFrame(): Buffer | undefined {
    if (this.#awaitedBytes === undefined) {
      if (this.#queue.lengthBytes < 4) return undefined;
      const lengthBytes = this.#queue.take(4).readUInt32BE();
      const limitBytes = this.#peer === undefined ? greetingLimitBytes : frameLimitBytes;
      if (lengthBytes > limitBytes) throw new Error('a frame that is too large');
      this.#awaitedBytes = lengthBytes;
    }
    if (this.#queue.lengthBytes < this.#awaitedBytes) return undefined;
    const frame = this.#queue.take(this.#awaitedBytes);
    this.#awaitedBytes = undefined;
    return frame;
  }

  #awaitedBytes: number | undefined;

  #takeFrame(frame: unknown, opening: AbortController): void {
    if (this.#peer === undefined) return this.#greeted(Greeting.parse(frame));
    const { text, signature } = Signed.parse(frame);
    const { agentId, publicKey } = this.#peer;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    const signed = Buffer.from(this.#toSign(agentId, this.#receivedCount++, text), 'utf8');
    if (!verify(null, signed, key, Buffer.from(signature, 'base64url')))
      throw new Error('a signature that does not fit');
    if (this.#receivedCount > 1) return this.#options.onMessage(JSON.parse(text));
    opening.abort();
    this.#options.onOpen(agentId);
  }

  /** The first signed message of each side says nothing but who it is from. */
  #greeted(greeting: Greeting): void {
    const { groupId, agentId, publicKeyOf } = this.#options;
    const publicKey = publicKeyOf(greeting.agentId);
    if (greeting.groupId !== groupId || greeting.agentId === agentId || publicKey === undefined)
      throw new Error('a stranger');
    const greetings = [this.#greeting, greeting].toSorted((left, right) =>
      left.agentId < right.agentId ? -1 : 1,
    );
    const told = greetings.map((each) => `${each.agentId} ${each.challenge}`);
    const session = createHash('sha256')
      .update([groupId, ...told].join('\n'))
      .digest('hex');
    this.#peer = { agentId: greeting.agentId, publicKey, session };
    this.send({});
  }

  #toSign(senderId: string, number: number, text: string): string {
    return ['lifeboat-group/1', senderId, this.#peer?.session, number, text].join('\n');
  }

  #sendFrame(message: object): void {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.byteLength);
    if (!this.#options.socket.destroyed) this.#options.socket.write(Buffer.concat([length, body]));
  }
}
