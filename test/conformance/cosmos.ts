import { batchRows } from './cosmos-rows/batches';
import { faultRows } from './cosmos-rows/faults';
import { feedRows } from './cosmos-rows/feeds';
import { itemRows } from './cosmos-rows/items';
import type { CosmosRow } from './cosmos-rows/place';
import { queryRows } from './cosmos-rows/queries';
import { resourceRows } from './cosmos-rows/resources';

/** What the catalogue server must do as Azure Cosmos DB does it, each through the official SDK. */
export const rows: readonly CosmosRow[] = [
  ...resourceRows,
  ...itemRows,
  ...batchRows,
  ...queryRows,
  ...feedRows,
  ...faultRows,
];
