import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { type Clock, pause } from '../clock';
import { type RegisteredFunction } from '../core/function-registry';
import { type Invocation, type Invoke } from '../core/invoker';
import { messageOf } from '../host-error';
import { type LogSink } from '../log/logger';
import { bounded } from './bounded';
import { batchMetadata, bodyData, bodyText, describeMessage, messageMetadata } from './message-data';
import { type SettleGate } from './settle-gate';

export interface MessageRunnerOptions {
  readonly registered: RegisteredFunction;
  readonly invoke: Invoke;
  readonly gate: SettleGate;
  readonly clock: Clock;
  readonly log: LogSink;
}

type Settler = Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage'>;

/** After a cut connection the SDK can wait a minute for an answer that never comes. */
const settleTimeoutInMs = 10_000;

/** Gives whoever keeps the data time to come back before the message is delivered again. */
const pauseAfterClosedGateInMs = 1_000;

/** Runs the function for messages, and settles them: completed when it returned and the gate opened, abandoned when not. */
export class MessageRunner {
  readonly #options: MessageRunnerOptions;

  constructor(options: MessageRunnerOptions) {
    this.#options = options;
  }

  /** False when the settlement did not get through: the receiver is not to be trusted any more. */
  runOne(message: ServiceBusReceivedMessage, receiver: Settler): Promise<boolean> {
    const invocation = {
      reason: '(null)',
      triggerDetails: describeMessage(message),
      data: bodyData(message),
      triggerMetadata: messageMetadata(message),
    };
    return this.#run(invocation, [message], receiver);
  }

  /** One invocation for all; all are settled alike. */
  runBatch(messages: readonly ServiceBusReceivedMessage[], receiver: Settler): Promise<boolean> {
    const invocation = {
      reason: '(null)',
      triggerDetails: `MessageIdArray: ${messages.map((message) => String(message.messageId)).join(',')}`,
      data: { collectionString: { string: messages.map(bodyText) } },
      triggerMetadata: batchMetadata(messages),
    };
    return this.#run(invocation, messages, receiver);
  }

  /** Hands messages back unseen. */
  async abandon(messages: readonly ServiceBusReceivedMessage[], receiver: Settler): Promise<boolean> {
    return await this.#settle(messages, (message) => receiver.abandonMessage(message));
  }

  async #run(
    invocation: Invocation,
    messages: readonly ServiceBusReceivedMessage[],
    receiver: Settler,
  ): Promise<boolean> {
    const { registered, invoke, gate, clock, log } = this.#options;
    try {
      await invoke(registered, invocation);
    } catch {
      return await this.abandon(messages, receiver);
    }
    try {
      await gate();
    } catch (error) {
      log(
        'error',
        'Host.Triggers.ServiceBus',
        `Not settled, the durability gate is closed: ${messageOf(error)}`,
      );
      await pause(clock, pauseAfterClosedGateInMs);
      return await this.abandon(messages, receiver);
    }
    return await this.#settle(messages, (message) => receiver.completeMessage(message));
  }

  async #settle(
    messages: readonly ServiceBusReceivedMessage[],
    settle: (message: ServiceBusReceivedMessage) => Promise<void>,
  ): Promise<boolean> {
    const { clock, log } = this.#options;
    const settled = Promise.allSettled(messages.map((message) => settle(message)));
    const outcomes = await bounded(settled, clock, settleTimeoutInMs);
    const failure =
      outcomes === undefined
        ? `no answer within ${settleTimeoutInMs} ms`
        : outcomes.filter((one) => one.status === 'rejected').map((one) => messageOf(one.reason))[0];
    if (failure === undefined) return true;
    log(
      'warning',
      'Host.Triggers.ServiceBus',
      `A message could not be settled and will be delivered again: ${failure}`,
    );
    return false;
  }
}
