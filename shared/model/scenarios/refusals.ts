/** Reasons that more than one scenario gives for what it does not offer. */
export const reasons = {
  noPlannedFailover:
    'This scenario has no planned failover: use unplanned failover with sourceSiteOperations "Required", which shuts the source down first.',
  noFailback:
    'This scenario does not fail back by a planned failover: reprotect the machine, then fail over again.',
  noSwitchProtection:
    'Protection of this scenario is reversed with reProtect on the item, not with switchprotection.',
  noReprotect:
    'Protection of this scenario is reversed with switchprotection on the container, not with reProtect.',
  fixedDisks:
    'Disks of this scenario are chosen when protection is enabled; only Azure machines add or remove them later.',
  noMobilityService: 'Machines of this scenario carry no mobility service.',
  noAppliance: 'Machines of this scenario do not replicate through an appliance.',
  noSwitchProvider:
    'Only machines that replicate the classic way from VMware can switch to the modernised one.',
  noMigration: 'The target of this scenario is no Azure region, so there is no migration to complete.',
  noCancel: 'A failover of this scenario is not cancelled: commit it, or choose another recovery point.',
  noPointChange: 'This scenario has no other recovery point to change to after a failover.',
} as const;
