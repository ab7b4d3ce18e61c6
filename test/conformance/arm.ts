import { fabricRows, removalRows } from './arm-rows/fabrics';
import { enableRows } from './arm-rows/enabling';
import { failoverVerbRows } from './arm-rows/failover-verbs';
import { migrationRows } from './arm-rows/migration';
import { networkRows } from './arm-rows/networks';
import { mappingRows, policyRows } from './arm-rows/pairing';
import type { ArmRow } from './arm-rows/place';
import { planVerbRows } from './arm-rows/plan-verbs';
import { jobRows, planRows } from './arm-rows/plans-and-jobs';
import { protectionVerbRows } from './arm-rows/protection-verbs';
import { serverRows, storageRows } from './arm-rows/servers';
import { vaultPartRows } from './arm-rows/vault-parts';
import { vaultRows } from './arm-rows/vaults';

/** Every operation of both official clients, in an order that tells a story: what is made first is used later. */
export const rows: readonly ArmRow[] = [
  ...vaultRows,
  ...fabricRows,
  ...policyRows,
  ...mappingRows,
  ...networkRows,
  ...serverRows,
  ...storageRows,
  ...enableRows,
  ...protectionVerbRows,
  ...failoverVerbRows,
  ...planVerbRows,
  ...planRows,
  ...jobRows,
  ...vaultPartRows,
  ...migrationRows,
  ...removalRows,
];
