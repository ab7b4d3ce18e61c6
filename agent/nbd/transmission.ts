import type { Agreement } from './negotiation';
import type { ByteQueue } from './byte-queue';
import {
  blockSizes,
  command,
  commandFlag,
  errorNumber,
  type ErrorNumber,
  magic,
  structuredReplyDone,
  structuredReplyType,
} from './protocol';

interface Request {
  readonly flags: number;
  readonly type: number;
  readonly handle: Buffer;
  readonly offsetBytes: bigint;
  readonly lengthBytes: number;
}

const requestBytes = 28;

/** The requests of one connection, after the handshake. Answers go to `send` in the order the device finishes them. */
export class Transmission {
  readonly #agreement: Agreement;
  readonly #send: (parts: readonly Buffer[]) => void;
  #pending: Request | undefined;
  #underWay = 0;
  #onIdle: (() => void) | undefined;

  constructor(agreement: Agreement, send: (parts: readonly Buffer[]) => void) {
    this.#agreement = agreement;
    this.#send = send;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Resolves once every request taken so far was answered. */
  async settled(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Serves every whole request in the queue. False once the connection is over. */
  step(queue: ByteQueue): boolean {
    for (;;) {
      if (this.#pending === undefined) {
        if (queue.lengthBytes < requestBytes) return true;
        this.#pending = readRequest(queue.take(requestBytes));
        // Nothing can be trusted after a wrong magic, and a payload beyond the limit is not worth receiving.
        if (this.#pending === undefined) return false;
        if (this.#pending.type === command.disconnect) return false;
        if (this.#pending.type === command.write && this.#pending.lengthBytes > blockSizes.payloadLimit)
          return false;
      }
      const request = this.#pending;
      const payloadBytes = request.type === command.write ? request.lengthBytes : 0;
      if (queue.lengthBytes < payloadBytes) return true;
      this.#pending = undefined;
      this.#serve(request, queue.takeParts(payloadBytes));
    }
  }

  #serve(request: Request, payload: readonly Buffer[]): void {
    const refusal = this.#refuse(request);
    if (refusal !== undefined) return this.#answerError(request, refusal);
    try {
      const outcome = this.#perform(request, payload);
      if (outcome instanceof Promise) this.#wait(request, outcome);
      else this.#answer(request, outcome);
    } catch (error) {
      this.#answerError(request, numberOf(error));
    }
  }

  #wait(request: Request, outcome: Promise<Buffer | undefined>): void {
    this.#underWay++;
    outcome
      .then(
        (data) => this.#answer(request, data),
        (error: unknown) => this.#answerError(request, numberOf(error)),
      )
      .finally(() => {
        this.#underWay--;
        if (this.#underWay === 0) this.#onIdle?.();
      });
  }

  #refuse({ type, offsetBytes, lengthBytes, flags }: Request): ErrorNumber | undefined {
    const { device } = this.#agreement;
    if (type === command.flush) return undefined;
    const known: readonly number[] = [command.read, command.write, command.trim, command.writeZeroes];
    if (!known.includes(type)) return errorNumber.EINVAL;
    if ((flags & ~(commandFlag.fua | commandFlag.noHole)) !== 0) return errorNumber.EINVAL;
    if (type !== command.read && device.isReadOnly) return errorNumber.EPERM;
    if (lengthBytes === 0 || lengthBytes % blockSizes.minimum !== 0) return errorNumber.EINVAL;
    if (offsetBytes % BigInt(blockSizes.minimum) !== 0n) return errorNumber.EINVAL;
    if (type === command.read && lengthBytes > blockSizes.payloadLimit) return errorNumber.EINVAL;
    const isPastEnd = offsetBytes + BigInt(lengthBytes) > BigInt(device.sizeBytes);
    if (isPastEnd) return type === command.read ? errorNumber.EINVAL : errorNumber.ENOSPC;
    return undefined;
  }

  #perform(request: Request, payload: readonly Buffer[]): Buffer | undefined | Promise<Buffer | undefined> {
    const { device } = this.#agreement;
    const offsetBytes = Number(request.offsetBytes);
    const { lengthBytes } = request;
    if (request.type === command.read) return device.read(offsetBytes, lengthBytes);
    const done = ((): void | Promise<void> => {
      switch (request.type) {
        case command.write:
          return device.write(offsetBytes, payload, lengthBytes);
        case command.trim:
          return device.zero(offsetBytes, lengthBytes, true);
        case command.writeZeroes:
          return device.zero(offsetBytes, lengthBytes, (request.flags & commandFlag.noHole) === 0);
        default:
          return device.flush();
      }
    })();
    const isForced = request.type !== command.flush && (request.flags & commandFlag.fua) !== 0;
    if (!isForced) return done instanceof Promise ? done.then(() => undefined) : undefined;
    return Promise.resolve(done)
      .then(() => device.flush())
      .then(() => undefined);
  }

  #answer(request: Request, data: Buffer | undefined): void {
    if (request.type !== command.read || data === undefined) return this.#send([this.#head(request, 0)]);
    if (!this.#agreement.hasStructuredReplies) return this.#send([this.#head(request, 0), data]);
    const header = structuredHeader(request, structuredReplyType.offsetData, 8 + data.byteLength);
    const offset = Buffer.alloc(8);
    offset.writeBigUInt64BE(request.offsetBytes);
    this.#send([header, offset, data]);
  }

  #answerError(request: Request, error: ErrorNumber): void {
    if (!this.#agreement.hasStructuredReplies || request.type !== command.read) {
      return this.#send([this.#head(request, error)]);
    }
    const body = Buffer.alloc(6);
    body.writeUInt32BE(error, 0);
    this.#send([structuredHeader(request, structuredReplyType.error, body.byteLength), body]);
  }

  /** A simple reply's head; it answers everything but reads under structured replies. */
  #head(request: Request, error: number): Buffer {
    const head = Buffer.allocUnsafe(16);
    head.writeUInt32BE(magic.simpleReply, 0);
    head.writeUInt32BE(error, 4);
    request.handle.copy(head, 8);
    return head;
  }
}

function readRequest(bytes: Buffer): Request | undefined {
  if (bytes.readUInt32BE(0) !== magic.request) return undefined;
  return {
    flags: bytes.readUInt16BE(4),
    type: bytes.readUInt16BE(6),
    handle: bytes.subarray(8, 16),
    offsetBytes: bytes.readBigUInt64BE(16),
    lengthBytes: bytes.readUInt32BE(24),
  };
}

function structuredHeader(request: Request, type: number, lengthBytes: number): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt32BE(magic.structuredReply, 0);
  header.writeUInt16BE(structuredReplyDone, 4);
  header.writeUInt16BE(type, 6);
  request.handle.copy(header, 8);
  header.writeUInt32BE(lengthBytes, 16);
  return header;
}

/** Whatever the disk itself refused with, in the numbers of the protocol. */
function numberOf(error: unknown): ErrorNumber {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return errorNumber.ENOSPC;
  if (code === 'EPERM' || code === 'EACCES' || code === 'EROFS') return errorNumber.EPERM;
  return errorNumber.EIO;
}
