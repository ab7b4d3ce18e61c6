export { openDurableEngine } from './engine';
export {
  type Clock,
  type DurableEngine,
  type DurableEngineOptions,
  type FunctionKind,
  type ManagementRequest,
  type ManagementResponse,
  type Origin,
  type TypedData,
} from './contract';
