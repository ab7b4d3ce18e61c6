export { commitFailover } from './commit-failover';
export { plannedFailover } from './planned-failover';
export { testFailover } from './test-failover';
export { testFailoverCleanup } from './test-failover-cleanup';
export { unplannedFailover } from './unplanned-failover';
