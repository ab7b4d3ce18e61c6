import { type Frame, type RheaReceiver, type RheaSender, type RheaSession } from './rhea-internals';

export const maxMessageSizeBytes = 1024 * 1024;

/** rhea decodes messages of format 0 itself; any other number makes it hand over the bytes. */
export const rawFormat = 1;

/** The most deliveries one disposition may speak of. */
const widestDisposition = 10_000;

/** Changes one AMQP session of rhea's from a client's to a broker's. Done per session, so that the process's own clients keep theirs. */
export function adaptSession(session: RheaSession): void {
  keepLinksApart(session);
  attachLater(session);
  takeRawBytes(session);
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

/** Deliveries that grew beyond the limit; of these nothing is kept. */
const oversized = new WeakSet<object>();

export function isOversized(delivery: object): boolean {
  return oversized.has(delivery);
}

function takeRawBytes({ incoming }: RheaSession): void {
  const takeTransfer = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, receiver) => {
    const { performative } = frame;
    if (!performative['message_format']) performative['message_format'] = rawFormat;
    if (performative['aborted'] === true) {
      abort(receiver);
      incoming.next_transfer_id += 1;
      return;
    }
    takeTransfer(withinLimit(frame, receiver), receiver);
  };
}

/** The frame, without its payload once the message is too large. */
function withinLimit(frame: Frame, receiver: RheaReceiver): Frame {
  const delivery = receiver._incomplete;
  const payload = frame.payload ?? Buffer.alloc(0);
  if (delivery === undefined) return { ...frame, payload };
  const keptBytes = delivery.frames.reduce((sum, { length }) => sum + length, 0);
  if (!oversized.has(delivery) && keptBytes + payload.length <= maxMessageSizeBytes)
    return { ...frame, payload };
  oversized.add(delivery);
  delivery.frames = [Buffer.alloc(0)];
  return { performative: frame.performative };
}

function abort(receiver: RheaReceiver): void {
  if (receiver._incomplete === undefined) return;
  receiver._incomplete.settled = true;
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
