import { randomUUID } from 'node:crypto';
import { batchFormat, parseTransfer } from '../encoding/incoming-message';
import { type Intake } from '../queues/intake';
import { BrokerError } from '../broker-error';
import { isOversized, maxMessageSizeBytes } from './adapt-session';
import { errorFields, type LinkEnd } from './link-end';
import { accepted, rejected, type RheaContext, type RheaDelivery, type RheaReceiver } from './rhea-internals';

const creditWindow = 1_000;

/** A link on which a client sends. A message is accepted once it is durable. */
export class IntakeLink implements LinkEnd {
  #pending = 0;
  #isClosed = false;

  constructor(
    private readonly link: RheaReceiver,
    private readonly intake: Intake,
  ) {}

  open(): void {
    const { link } = this;
    const { address } = this.intake.settings;
    link.set_source({ address: link.source?.address });
    link.set_target({ address });
    link.local.attach['max_message_size'] = maxMessageSizeBytes;
    if (link.snd_settle_mode !== undefined) link.local.attach['snd_settle_mode'] = link.snd_settle_mode;
    link.on('message', (context: RheaContext) => void this.#take(context));
    link.attach();
    link.add_credit(creditWindow);
  }

  closed(): void {
    this.#isClosed = true;
  }

  async #take({ message, format, delivery }: RheaContext): Promise<void> {
    this.#pending += 1;
    try {
      if (isOversized(delivery)) throw tooLarge();
      const isBatch = format === batchFormat;
      await this.intake.accept(parseTransfer(message, isBatch ? batchFormat : 0, randomUUID));
      this.#answer(delivery, accepted());
    } catch (error) {
      this.#answer(delivery, rejected(errorFields(error)));
    }
    this.#pending -= 1;
    this.#topUp();
  }

  #answer(delivery: RheaDelivery, state: ReturnType<typeof accepted>): void {
    if (!this.#isClosed) delivery.update(true, state);
  }

  #topUp(): void {
    const promised = this.link.credit + this.#pending;
    if (!this.#isClosed && promised <= creditWindow / 2) this.link.add_credit(creditWindow - promised);
  }
}

function tooLarge(): BrokerError {
  return new BrokerError(
    'amqp:link:message-size-exceeded',
    `The received message exceeds the limit (${maxMessageSizeBytes} bytes) currently allowed on the link.`,
  );
}
