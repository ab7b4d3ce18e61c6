import { BrokerError } from '../broker-error';

/** Bytes that are not AMQP. */
export class DecodeError extends BrokerError {
  constructor(message: string) {
    super('amqp:decode-error', message);
  }
}
