import type { BlockDevice } from './block-device';
import type { ByteQueue } from './byte-queue';
import {
  blockSizes,
  clientFlag,
  handshakeFlag,
  info,
  magic,
  option,
  optionLimitBytes,
  optionReply,
  transmissionFlag,
} from './protocol';

/** What was agreed before the first request. */
export interface Agreement {
  readonly device: BlockDevice;
  readonly hasStructuredReplies: boolean;
}

export type NegotiationStep =
  | { readonly kind: 'more' }
  | { readonly kind: 'agreed'; readonly agreement: Agreement }
  | { readonly kind: 'ended' };

type Exports = ReadonlyMap<string, BlockDevice>;

/** The fixed newstyle handshake, fed with whatever has arrived. What it answers goes to `send`. */
export class Negotiation {
  readonly #exports: Exports;
  readonly #send: (bytes: Buffer) => void;
  #clientFlags: number | undefined;
  #hasStructuredReplies = false;

  constructor(exports: Exports, send: (bytes: Buffer) => void) {
    this.#exports = exports;
    this.#send = send;
  }

  greet(): void {
    const greeting = Buffer.alloc(18);
    greeting.writeBigUInt64BE(magic.greeting, 0);
    greeting.writeBigUInt64BE(magic.option, 8);
    greeting.writeUInt16BE(handshakeFlag.fixedNewstyle | handshakeFlag.noZeroes, 16);
    this.#send(greeting);
  }

  /** Takes what it can from the queue. Ends on anything that is not the protocol. */
  step(queue: ByteQueue): NegotiationStep {
    if (this.#clientFlags === undefined) {
      if (queue.lengthBytes < 4) return { kind: 'more' };
      this.#clientFlags = queue.take(4).readUInt32BE(0);
      const known = clientFlag.fixedNewstyle | clientFlag.noZeroes;
      if ((this.#clientFlags & ~known) !== 0) return { kind: 'ended' };
    }
    return this.#nextOption(queue);
  }

  #pendingOption: { readonly code: number; readonly lengthBytes: number } | undefined;

  #nextOption(queue: ByteQueue): NegotiationStep {
    for (;;) {
      if (this.#pendingOption === undefined) {
        if (queue.lengthBytes < 16) return { kind: 'more' };
        const header = queue.take(16);
        if (header.readBigUInt64BE(0) !== magic.option) return { kind: 'ended' };
        this.#pendingOption = { code: header.readUInt32BE(8), lengthBytes: header.readUInt32BE(12) };
        if (this.#pendingOption.lengthBytes > optionLimitBytes) return { kind: 'ended' };
      }
      const { code, lengthBytes } = this.#pendingOption;
      if (queue.lengthBytes < lengthBytes) return { kind: 'more' };
      this.#pendingOption = undefined;
      const step = this.#answer(code, queue.take(lengthBytes));
      if (step.kind !== 'more') return step;
    }
  }

  #answer(code: number, data: Buffer): NegotiationStep {
    switch (code) {
      case option.exportName:
        return this.#exportName(data.toString('utf8'));
      case option.go:
      case option.info:
        return this.#goOrInfo(code, data);
      case option.list:
        return this.#list(data);
      case option.structuredReply:
        this.#hasStructuredReplies = data.byteLength === 0;
        this.#reply(code, data.byteLength === 0 ? optionReply.ack : optionReply.invalid);
        return { kind: 'more' };
      case option.abort:
        this.#reply(code, optionReply.ack);
        return { kind: 'ended' };
      default:
        this.#reply(code, optionReply.unsupported);
        return { kind: 'more' };
    }
  }

  /** The oldest way in: no answer but the export itself, or the end of the connection. */
  #exportName(name: string): NegotiationStep {
    const device = this.#find(name);
    if (device === undefined) return { kind: 'ended' };
    const padding = ((this.#clientFlags ?? 0) & clientFlag.noZeroes) === 0 ? 124 : 0;
    this.#send(Buffer.concat([sizeAndFlags(device), Buffer.alloc(padding)]));
    return { kind: 'agreed', agreement: { device, hasStructuredReplies: this.#hasStructuredReplies } };
  }

  #goOrInfo(code: number, data: Buffer): NegotiationStep {
    const name = readName(data);
    if (name === undefined) {
      this.#reply(code, optionReply.invalid);
      return { kind: 'more' };
    }
    const device = this.#find(name);
    if (device === undefined) {
      this.#reply(code, optionReply.unknownExport);
      return { kind: 'more' };
    }
    this.#reply(code, optionReply.info, Buffer.concat([uint16(info.export), sizeAndFlags(device)]));
    this.#reply(code, optionReply.info, blockSizeInfo());
    this.#reply(code, optionReply.ack);
    if (code === option.info) return { kind: 'more' };
    return { kind: 'agreed', agreement: { device, hasStructuredReplies: this.#hasStructuredReplies } };
  }

  #list(data: Buffer): NegotiationStep {
    if (data.byteLength > 0) {
      this.#reply(option.list, optionReply.invalid);
      return { kind: 'more' };
    }
    for (const name of this.#exports.keys()) {
      const bytes = Buffer.from(name, 'utf8');
      this.#reply(option.list, optionReply.server, Buffer.concat([uint32(bytes.byteLength), bytes]));
    }
    this.#reply(option.list, optionReply.ack);
    return { kind: 'more' };
  }

  /** The export of this name; an empty name means the only one there is. */
  #find(name: string): BlockDevice | undefined {
    if (name === '' && this.#exports.size === 1) return [...this.#exports.values()][0];
    return this.#exports.get(name);
  }

  #reply(code: number, type: number, data: Buffer = Buffer.alloc(0)): void {
    const header = Buffer.alloc(20);
    header.writeBigUInt64BE(magic.optionReply, 0);
    header.writeUInt32BE(code, 8);
    header.writeUInt32BE(type, 12);
    header.writeUInt32BE(data.byteLength, 16);
    this.#send(Buffer.concat([header, data]));
  }
}

/** The name in the data of INFO and GO: its length, itself, a count of wishes and the wishes. */
function readName(data: Buffer): string | undefined {
  if (data.byteLength < 6) return undefined;
  const nameLength = data.readUInt32BE(0);
  if (data.byteLength < nameLength + 6) return undefined;
  const wishes = data.readUInt16BE(4 + nameLength);
  if (data.byteLength !== nameLength + 6 + 2 * wishes) return undefined;
  return data.toString('utf8', 4, 4 + nameLength);
}

function sizeAndFlags(device: BlockDevice): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(device.sizeBytes), 0);
  const { hasFlags, readOnly, sendFlush, sendFua, sendTrim, sendWriteZeroes, canMultiConnect } =
    transmissionFlag;
  const abilities = hasFlags | sendFlush | sendFua | sendTrim | sendWriteZeroes | canMultiConnect;
  bytes.writeUInt16BE(device.isReadOnly ? abilities | readOnly : abilities, 8);
  return bytes;
}

function blockSizeInfo(): Buffer {
  const { minimum, preferred, payloadLimit } = blockSizes;
  return Buffer.concat([uint16(info.blockSize), uint32(minimum), uint32(preferred), uint32(payloadLimit)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
