import { z } from 'zod';
import { type InboxRow } from '../state/inbox';

/** What an entity is asked: an operation, a lock, or to let go of one. */
const Request = z.looseObject({
  id: z.string().optional(),
  op: z.string().optional(),
  input: z.string().optional(),
  signal: z.boolean().optional(),
  parent: z.string().optional(),
  parentExecution: z.string().optional(),
  lockset: z.array(z.looseObject({ name: z.string(), key: z.string() })).optional(),
  pos: z.number().optional(),
});
type Request = z.infer<typeof Request>;

export interface EntityMessage {
  readonly sequence: number;
  readonly kind: 'operation' | 'lock' | 'release';
  readonly request: Request;
}

export interface EntityLock {
  readonly owner: string;
  readonly execution: string;
}

/** What an entity does next. Whatever it does not take now stays in its inbox, in order. */
export interface EntityStep {
  /** To be taken out without doing anything. */
  readonly dropped: readonly EntityMessage[];
  readonly operations: readonly EntityMessage[];
  readonly grant?: EntityMessage;
  readonly isReleased: boolean;
}

const operationsPerTurn = 100;

export function readMessage({ sequence, event }: InboxRow): EntityMessage {
  const request = Request.parse(JSON.parse(event.Input ?? '{}'));
  if (event.Name === 'release') return { sequence, kind: 'release', request };
  return { sequence, kind: request.lockset === undefined ? 'operation' : 'lock', request };
}

/** `messages` are all there are, or, while the entity is locked, those of the lock's owner. */
export function nextStep(messages: readonly EntityMessage[], lock: EntityLock | undefined): EntityStep {
  return lock === undefined ? freeStep(messages) : lockedStep(messages, lock);
}

function freeStep(messages: readonly EntityMessage[]): EntityStep {
  const dropped = messages.filter((message, index) => {
    if (message.kind === 'release') return true;
    return message.kind === 'lock' && messages.slice(index).some((later) => takesBack(later, message));
  });
  const wanted = messages.filter((message) => !dropped.includes(message));
  const end = wanted.findIndex(({ kind }) => kind === 'lock');
  const operations = (end === -1 ? wanted : wanted.slice(0, end)).slice(0, operationsPerTurn);
  const [first] = wanted;
  const isGrant = operations.length === 0 && first?.kind === 'lock';
  return { dropped, operations, isReleased: false, ...(isGrant ? { grant: first } : {}) };
}

function lockedStep(messages: readonly EntityMessage[], { execution }: EntityLock): EntityStep {
  const end = messages.findIndex(
    ({ kind, request }) => kind === 'release' && request.parentExecution === execution,
  );
  const until = end === -1 ? messages : messages.slice(0, end);
  const operations = until.filter(({ kind }) => kind === 'operation').slice(0, operationsPerTurn);
  const release = messages[end];
  if (operations.length > 0 || release === undefined) return { dropped: [], operations, isReleased: false };
  return { dropped: [release], operations, isReleased: true };
}

/** Whether the release is of whoever still waits for this lock. */
function takesBack(release: EntityMessage, { request }: EntityMessage): boolean {
  return (
    release.kind === 'release' &&
    release.request.parent === request.parent &&
    release.request.parentExecution === request.parentExecution
  );
}
