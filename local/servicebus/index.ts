export { startBroker, type Broker, type BrokerOptions } from './start-broker';
export { type Entities } from './entities';
export { type Clock } from './clock';
