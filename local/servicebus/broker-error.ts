/** The AMQP error conditions the broker answers with. */
export type Condition =
  | 'amqp:connection:framing-error'
  | 'amqp:connection:forced'
  | 'amqp:decode-error'
  | 'amqp:internal-error'
  | 'amqp:invalid-field'
  | 'amqp:link:message-size-exceeded'
  | 'amqp:not-allowed'
  | 'amqp:not-found'
  | 'amqp:not-implemented'
  | 'amqp:resource-limit-exceeded'
  | 'amqp:unauthorized-access'
  | 'com.microsoft:argument-error'
  | 'com.microsoft:entity-already-exists'
  | 'com.microsoft:message-lock-lost'
  | 'com.microsoft:message-not-found'
  | 'com.microsoft:session-cannot-be-locked'
  | 'com.microsoft:session-lock-lost'
  | 'com.microsoft:timeout';

/** A refusal, in the words of the wire. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  constructor(
    readonly condition: Condition,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the client is told of any error: a refusal as it is, anything else as the broker's own failure. */
export function asBrokerError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const isFull = /disk is full|SQLITE_FULL/i.test(message);
  return new BrokerError(isFull ? 'amqp:resource-limit-exceeded' : 'amqp:internal-error', message, {
    cause: error,
  });
}
