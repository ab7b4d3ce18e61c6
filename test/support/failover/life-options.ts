import type { SiteOptions } from '../protection/site-options';

export const appliance: SiteOptions = {
  fabricKind: 'InMageRcm',
  fabricDetails: {
    ...{ vmwareSiteId: 'vmware', physicalSiteId: 'physical' },
    sourceAgentIdentity: {
      ...{ tenantId: 'tenant', applicationId: 'application', objectId: 'object' },
      ...{ audience: 'audience', aadAuthority: 'authority' },
    },
  },
  instanceType: 'InMageRcm',
  policy: {
    ...{ recoveryPointHistoryInMinutes: 1440, crashConsistentFrequencyInMinutes: 0.05 },
    ...{ appConsistentFrequencyInMinutes: 0, enableMultiVmSync: 'false' },
  },
};

export const classicSite: SiteOptions = {
  fabricKind: 'VMware',
  instanceType: 'InMageAzureV2',
  policy: {
    ...{ recoveryPointHistory: 1440, crashConsistentFrequencyInMinutes: 0.05 },
    ...{ appConsistentFrequencyInMinutes: 0, multiVmSyncStatus: 'Disable' },
  },
};
