/** A host for Azure Functions apps written in Node, on one machine. See README.md. */
export { startHost } from './start-host';
export {
  startHostProcess,
  type HostProcess,
  type StartHostProcessOptions,
} from './process/start-host-process';
export { type FunctionSummary, type Host, type HostOptions } from './host-options';
export { HostError } from './host-error';
export { type Clock } from './clock';
