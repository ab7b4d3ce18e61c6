import { fabricRows, removalRows } from './arm-rows/fabrics';
import { enableRows, verbRows } from './arm-rows/items';
import { mappingRows, networkRows, policyRows } from './arm-rows/pairing';
import type { ArmRow } from './arm-rows/place';
import { jobRows, migrationRows, planRows, vaultPartRows } from './arm-rows/rest';
import { serverRows, storageRows } from './arm-rows/servers';
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
  ...verbRows,
  ...planRows,
  ...jobRows,
  ...vaultPartRows,
  ...migrationRows,
  ...removalRows,
];
