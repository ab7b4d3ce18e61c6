import { BrokerError } from '../broker-error';
import { type Intake } from '../queues/intake';
import { type MessageQueue } from '../queues/message-queue';
import { type Entity } from '../queues/namespace';
import { type Rules } from '../queues/rules';
import * as messages from './message-operations';
import { type ManagementAnswer, type ManagementRequest } from './request';
import * as rules from './rule-operations';
import * as sessions from './session-operations';

type Operation = (entity: Entity, body: unknown) => ManagementAnswer | Promise<ManagementAnswer>;

const operations: Readonly<Record<string, Operation>> = {
  'com.microsoft:peek-message': (entity, body) => messages.peek(queueOf(entity), body),
  'com.microsoft:schedule-message': (entity, body) => messages.schedule(intakeOf(entity), body),
  'com.microsoft:cancel-scheduled-message': (entity, body) =>
    messages.cancelScheduled(intakeOf(entity), body),
  'com.microsoft:renew-lock': (entity, body) => messages.renewLocks(queueOf(entity), body),
  'com.microsoft:receive-by-sequence-number': (entity, body) =>
    messages.receiveDeferred(queueOf(entity), body),
  'com.microsoft:update-disposition': (entity, body) => messages.updateDisposition(queueOf(entity), body),
  'com.microsoft:renew-session-lock': (entity, body) =>
    sessions.renewSessionLock(sessionQueueOf(entity), body),
  'com.microsoft:get-session-state': (entity, body) => sessions.getSessionState(sessionQueueOf(entity), body),
  'com.microsoft:set-session-state': (entity, body) => sessions.setSessionState(sessionQueueOf(entity), body),
  'com.microsoft:get-message-sessions': (entity, body) => sessions.listSessions(sessionQueueOf(entity), body),
  'com.microsoft:add-rule': (entity, body) => rules.addRule(rulesOf(entity), body),
  'com.microsoft:remove-rule': (entity, body) => rules.removeRule(rulesOf(entity), body),
  'com.microsoft:enumerate-rules': (entity, body) => rules.listRules(rulesOf(entity), body),
};

/** Runs one management request on an entity. */
export async function manage(
  entity: Entity,
  { properties, body }: ManagementRequest,
): Promise<ManagementAnswer> {
  const name = properties['operation'];
  const operation =
    typeof name === 'string' && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    throw new BrokerError('amqp:not-implemented', `The operation '${String(name)}' is not supported.`);
  }
  return operation(entity, body);
}

function queueOf({ queue, address }: Entity): MessageQueue {
  if (queue !== null) return queue;
  throw new BrokerError('amqp:not-allowed', `Messages cannot be received from '${address}'.`);
}

function sessionQueueOf(entity: Entity): MessageQueue {
  const queue = queueOf(entity);
  if (queue.settings.requiresSession) return queue;
  throw new BrokerError('amqp:not-allowed', `'${entity.address}' has no sessions.`);
}

function intakeOf({ intake, address }: Entity): Intake {
  if (intake !== null) return intake;
  throw new BrokerError('amqp:not-allowed', `Messages cannot be sent to '${address}'.`);
}

function rulesOf({ rules: found, address }: Entity): Rules {
  if (found !== null) return found;
  throw new BrokerError('amqp:not-allowed', `'${address}' is not a subscription.`);
}
