import { type Clock } from '../clock';
import { type ServiceBusSettings } from '../config/host-file';
import { type Settings } from '../config/settings';
import { type RegisteredFunction } from '../core/function-registry';
import { type Invoke } from '../core/invoker';
import { type Listener } from '../listener';
import { type LogSink } from '../log/logger';
import { BatchPump } from './batch-pump';
import { type BusClients } from './bus-clients';
import { busTrigger } from './bus-trigger';
import { MessagePump } from './message-pump';
import { MessageRunner } from './message-runner';
import { Outage } from './outage';
import { entityName, type PumpOptions } from './pump';
import { SessionPump } from './session-pump';
import { type SettleGate } from './settle-gate';

export interface BusListenerOptions {
  readonly registered: RegisteredFunction;
  readonly settings: Settings;
  readonly serviceBus: ServiceBusSettings;
  readonly clients: BusClients;
  readonly invoke: Invoke;
  readonly gate: SettleGate;
  readonly clock: Clock;
  readonly log: LogSink;
}

/** The listener for one Service Bus function. */
export function busListener(options: BusListenerOptions): Listener {
  const { clock, log } = options;
  const trigger = busTrigger(options.registered, options.settings);
  const pump: PumpOptions = {
    client: options.clients.get(trigger.connectionString),
    trigger,
    settings: options.serviceBus,
    runner: new MessageRunner(options),
    clock,
    outage: new Outage(entityName(trigger), clock, log),
  };
  if (trigger.isSessionsEnabled) return new SessionPump(pump);
  return trigger.isBatch ? new BatchPump(pump) : new MessagePump(pump);
}
