import { decodeRequest, type ManagementRequest } from '../management/request';
import { maxMessageSizeBytes } from './adapt-session';
import { errorFields, type LinkEnd, textOf } from './link-end';
import { accepted, rejected, type RheaContext, type RheaReceiver, type RheaSender } from './rhea-internals';

/** Links on which answers go back, by the address the client gave its end, or by the name of the link. */
export class ReplyLinks {
  readonly #links = new Map<string, RheaSender>();

  open(link: RheaSender): LinkEnd {
    const address = textOf(link.target?.address);
    const names = [address, textOf(link.local.attach['name'])].filter((name) => name !== '');
    link.set_source({ address: link.source?.address });
    link.set_target(address === '' ? {} : { address });
    for (const name of names) this.#links.set(name, link);
    link.attach();
    return {
      closed: () => {
        for (const name of names) if (this.#links.get(name) === link) this.#links.delete(name);
      },
    };
  }

  send(address: string, message: object): void {
    const link = this.#links.get(address);
    if (link === undefined) return;
    // An answer is settled when sent: there is nothing to do about one that is lost.
    const delivery = link.send(message);
    delivery.settled = true;
  }
}

type Answer = (request: ManagementRequest) => Promise<object>;

const credit = 500;

/** A link on which a client sends requests to `$cbs` or a management node. */
export class RequestLink implements LinkEnd {
  #isClosed = false;

  constructor(
    private readonly link: RheaReceiver,
    private readonly replies: ReplyLinks,
    private readonly answer: Answer,
  ) {}

  open(): void {
    const { link } = this;
    link.set_source({ address: link.source?.address });
    link.set_target({ address: link.target?.address });
    link.local.attach['max_message_size'] = maxMessageSizeBytes;
    link.on('message', (context: RheaContext) => void this.#take(context));
    link.attach();
    link.add_credit(credit);
  }

  closed(): void {
    this.#isClosed = true;
  }

  async #take({ message, delivery }: RheaContext): Promise<void> {
    try {
      const request = decodeRequest(message);
      delivery.update(true, accepted());
      if (request !== null) this.replies.send(request.replyTo, await this.answer(request));
    } catch (error) {
      if (!this.#isClosed) delivery.update(true, rejected(errorFields(error)));
    }
    if (!this.#isClosed) this.link.add_credit(1);
  }
}
