import { type BrokerError } from '../broker-error';
import { type Frame, type RheaReceiver, type RheaSender, type RheaSession } from './rhea-internals';

export const maxMessageSizeBytes = 1024 * 1024;

/** rhea decodes messages of format 0 itself; any other number makes it hand over the bytes. */
export const rawFormat = 1;

/** The most deliveries one disposition may speak of. */
const widestDisposition = 10_000;

/** Changes one AMQP session of rhea's from a client's to a broker's. Done per session, so that the process's own clients keep theirs. */
export function adaptSession(session: RheaSession, tooLarge: (receiver: RheaReceiver) => BrokerError): void {
  keepLinksApart(session);
  attachLater(session);
  takeRawBytes(session, tooLarge);
  boundDispositions(session);
}

/** Link names are unique per direction only, and may come back before rhea has forgotten the old link. */
function keepLinksApart(session: RheaSession): void {
  let created = 0;
  session.create_link = (name, Link, options) => {
    let handle = 0;
    while (session.local.handles[handle] !== undefined) handle += 1;
    const link = new Link(session, name, handle, options);
    created += 1;
    link.name = `${created}:${name}`;
    session.links[link.name] = link;
    session.local.handles[handle] = link;
    return link;
  };
}

/** The broker answers an attach itself, when it knows the answer. */
function attachLater(session: RheaSession): void {
  session.on_attach = ({ performative }: Frame) => {
    const name = String(performative['name']);
    const handle = Number(performative['handle']);
    if (session.remote.handles[handle] !== undefined) throw new Error(`handle ${handle} is in use`);
    const link = performative['role'] === true ? session.create_sender(name) : session.create_receiver(name);
    link.open = () => undefined;
    if (performative['role'] === true) alwaysAnswerDrain(link as RheaSender);
    session.remote.handles[handle] = link;
    (link as unknown as { on_attach(frame: Frame): void }).on_attach({ performative });
  };
}

/** rhea answers a drain only while there is credit; clients wait for an answer even when messages used it up. */
function alwaysAnswerDrain(sender: RheaSender): void {
  sender._get_drain = () => {
    if (!sender._draining || !sender._drained) return false;
    sender.delivery_count += sender.credit;
    sender.credit = 0;
    sender._draining = false;
    return true;
  };
}

function takeRawBytes(session: RheaSession, tooLarge: (receiver: RheaReceiver) => BrokerError): void {
  const { incoming } = session;
  const takeTransfer = incoming.on_transfer.bind(incoming);
  const sizes = new WeakMap<RheaReceiver, number>();
  const refused = new WeakSet<RheaReceiver>();
  incoming.on_transfer = (frame, receiver) => {
    const { performative } = frame;
    if (!performative['message_format']) performative['message_format'] = rawFormat;
    const isFirst = receiver._incomplete === undefined;
    if (refused.has(receiver)) {
      skipTransfer(session, performative);
      return;
    }
    const sizeBytes = (isFirst ? 0 : (sizes.get(receiver) ?? 0)) + (frame.payload?.length ?? 0);
    sizes.set(receiver, sizeBytes);
    if (sizeBytes > maxMessageSizeBytes || performative['aborted'] === true) {
      dropIncomplete(receiver);
      if (isFirst || performative['aborted'] !== true) skipTransfer(session, performative);
      else incoming.next_transfer_id += 1;
      if (sizeBytes > maxMessageSizeBytes) {
        refused.add(receiver);
        const { condition, message } = tooLarge(receiver);
        receiver.close({ condition, description: message });
      }
      return;
    }
    takeTransfer({ ...frame, payload: frame.payload ?? Buffer.alloc(0) }, receiver);
  };
}

/** Counts a transfer as received without keeping anything of it. */
function skipTransfer({ incoming }: RheaSession, performative: Frame['performative']): void {
  incoming.next_transfer_id += 1;
  const id = performative['delivery_id'];
  if (typeof id === 'number' && id === incoming.next_delivery_id) incoming.next_delivery_id += 1;
}

function dropIncomplete(receiver: RheaReceiver): void {
  if (receiver._incomplete === undefined) return;
  receiver._incomplete.settled = true;
  receiver._incomplete.frames = [];
  receiver._incomplete = undefined;
}

/** rhea walks from the first to the last delivery, one by one, however far that is. */
function boundDispositions(session: RheaSession): void {
  const takeDisposition = session.on_disposition.bind(session);
  session.on_disposition = (frame) => {
    const first = Number(frame.performative['first']);
    const last = Number(frame.performative['last'] ?? first);
    if (last - first > widestDisposition) throw new Error('a disposition spans too many deliveries');
    takeDisposition(frame);
  };
}
