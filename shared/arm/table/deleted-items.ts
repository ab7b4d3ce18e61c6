import { purgeNow, undelete } from '../deleted/deleted-item-requests';
import { job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { Nothing } from './fabrics';

const all = `${vaultPath}/deletedProtectedItems`;
const one = `${all}/{deletedProtectedItemName}`;

/** Items whose protection was disabled in a vault with soft delete. Site Recovery has none of these. */
export const deletedItemOperations: readonly Operation[] = [
  list('DeletedProtectedItems_List', all, 1, { query: ['$filter'] }),
  read('DeletedProtectedItems_Get', one, 1),
  job('DeletedProtectedItems_Undelete', ['POST', `${one}/undelete`, 1], Nothing, undelete),
  job('DeletedProtectedItems_Purge', ['POST', `${one}/purge`, 1], Nothing, purgeNow),
];
