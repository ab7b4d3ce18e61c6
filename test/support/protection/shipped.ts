import type { OrchestrationHandler } from 'durable-functions';
import { purgeDeletedItem, undeleteProtection } from '../../../orchestrations/deleted-items';
import { disableProtection, purgeProtection } from '../../../orchestrations/disable-protection';
import { enableProtection } from '../../../orchestrations/enable-protection';
import { finalizeProtection } from '../../../orchestrations/finalize-protection';
import { itemJob } from '../../../orchestrations/item-job';
import { ItemJob } from '../../../shared/contracts/protection/item-job';

/** The orchestrations of protection, by the names that instances of theirs carry. */
export const shippedOrchestrations: Readonly<Record<string, OrchestrationHandler>> = {
  ...{ enableProtection, finalizeProtection, disableProtection, purgeProtection },
  ...{ undeleteProtection, purgeDeletedItem },
  ...Object.fromEntries(ItemJob.shape.orchestration.options.map((name) => [name, itemJob(name)])),
};
