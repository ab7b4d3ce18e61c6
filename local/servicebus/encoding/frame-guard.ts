import { BrokerError } from '../broker-error';
import { DecodeError } from './decode-error';
import { checkPerformative } from './performatives';

export const maxFrameSizeBytes = 65_536;
const headerSizeBytes = 8;
const saslFrame = 1;

/**
 * Stands between a socket and rhea: passes on protocol headers and whole, checked frames, nothing else.
 * After a SASL frame it waits a turn, because rhea ends the SASL layer in a promise.
 */
export class FrameGuard {
  #kept: Buffer = Buffer.alloc(0);
  #isWaiting = false;
  #isRefusing = false;

  constructor(
    private readonly forward: (bytes: Buffer) => void,
    private readonly refuse: (error: BrokerError) => void,
  ) {}

  push(chunk: Buffer): void {
    if (this.#isRefusing) return;
    this.#kept = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    if (!this.#isWaiting) this.#drain();
  }

  #drain(): void {
    let end = 0;
    try {
      for (;;) {
        const size = unitSize(this.#kept, end);
        if (size === null) break;
        const unit = this.#kept.subarray(end, end + size);
        const isSasl = checkUnit(unit);
        end += size;
        if (isSasl) {
          this.#waitATurn();
          break;
        }
      }
    } catch (error) {
      this.#isRefusing = true;
      this.#forwardUpTo(end);
      this.#kept = Buffer.alloc(0);
      this.refuse(error instanceof BrokerError ? error : new DecodeError(String(error)));
      return;
    }
    this.#forwardUpTo(end);
  }

  #waitATurn(): void {
    this.#isWaiting = true;
    setImmediate(() => {
      this.#isWaiting = false;
      this.#drain();
    });
  }

  #forwardUpTo(end: number): void {
    if (end === 0) return;
    const whole = this.#kept.subarray(0, end);
    this.#kept = this.#kept.subarray(end);
    this.forward(whole);
  }
}

/** The size of the header or frame at `offset`; null while it is not all there. */
function unitSize(bytes: Buffer, offset: number): number | null {
  const available = bytes.length - offset;
  if (available < headerSizeBytes) return null;
  if (isHeader(bytes, offset)) return headerSizeBytes;
  const size = bytes.readUInt32BE(offset);
  if (size < headerSizeBytes || size > maxFrameSizeBytes) {
    throw new BrokerError('amqp:connection:framing-error', `a frame of ${size} bytes is not allowed`);
  }
  return size <= available ? size : null;
}

/** Whether the unit was a SASL frame. */
function checkUnit(unit: Buffer): boolean {
  if (isHeader(unit, 0)) {
    checkHeader(unit);
    return false;
  }
  const bodyStart = unit.readUInt8(4) * 4;
  const type = unit.readUInt8(5);
  if (bodyStart < headerSizeBytes || bodyStart > unit.length || type > saslFrame) {
    throw new BrokerError('amqp:connection:framing-error', 'a frame header makes no sense');
  }
  if (bodyStart < unit.length) checkPerformative(unit.subarray(bodyStart));
  return type === saslFrame;
}

function isHeader(bytes: Buffer, offset: number): boolean {
  return bytes.readUInt32BE(offset) === 0x414d5150;
}

function checkHeader(unit: Buffer): void {
  const [protocol, major, minor, revision] = unit.subarray(4);
  const isKnown = (protocol === 0 || protocol === 3) && major === 1 && minor === 0 && revision === 0;
  if (!isKnown) throw new BrokerError('amqp:connection:framing-error', 'only AMQP 1.0 is spoken here');
}
