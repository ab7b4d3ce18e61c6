import { SecuritySettings } from '../../contracts/catalogue/soft-delete-settings';
import type { SoftDelete } from '../../model/soft-delete';
import type { Records } from '../../ports/records';
import { readResource } from '../catalogue/resources';

const usualRetainDays = 14;

/** How a vault keeps what is deleted in it; undefined for one that does not. A vault that says nothing does not. */
export async function softDeleteOf(records: Records, vaultId: string): Promise<SoftDelete | undefined> {
  const vault = await readResource(records, vaultId);
  const settings = SecuritySettings.optional().parse(vault?.resource.properties['securitySettings']);
  const { softDeleteState, softDeleteRetentionPeriodInDays } = settings?.softDeleteSettings ?? {};
  if (softDeleteState !== 'Enabled' && softDeleteState !== 'AlwaysON') return undefined;
  return {
    retainDays: softDeleteRetentionPeriodInDays ?? usualRetainDays,
    isAlwaysOn: softDeleteState === 'AlwaysON',
  };
}
