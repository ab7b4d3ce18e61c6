/**
 * Roles as data. An action is what `actionOf` makes of an operation: types joined, then read, write, delete, or a verb
 * and `action`. `*` stands for anything, and case does not matter. What no pattern allows is denied.
 *
 * Contributor, Operator and Reader are Site Recovery's own. Its definitions leave 20 operations open; how they are
 * decided here is in docs/decisions.
 */
export interface Role {
  readonly title: string;
  /** The id of the role definition in Azure, which role assignments name. */
  readonly definitionId: string;
  readonly allows: readonly string[];
}

const vault = 'Microsoft.RecoveryServices/vaults';

const readEverything = [
  `${vault}/read`,
  `${vault}/extendedInformation/read`,
  `${vault}/usages/read`,
  `${vault}/replicationUsages/read`,
  `${vault}/replicationAlertSettings/read`,
  `${vault}/replicationEvents/read`,
  `${vault}/replicationFabrics/read`,
  `${vault}/replicationFabrics/replicationNetworks/read`,
  `${vault}/replicationFabrics/replicationNetworks/replicationNetworkMappings/read`,
  `${vault}/replicationFabrics/replicationProtectionContainers/read`,
  `${vault}/replicationFabrics/replicationProtectionContainers/replicationProtectableItems/read`,
  `${vault}/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/read`,
  `${vault}/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints/read`,
  `${vault}/replicationFabrics/replicationProtectionContainers/replicationProtectionContainerMappings/read`,
  `${vault}/replicationFabrics/replicationRecoveryServicesProviders/read`,
  `${vault}/replicationFabrics/replicationStorageClassifications/read`,
  `${vault}/replicationFabrics/replicationStorageClassifications/replicationStorageClassificationMappings/read`,
  `${vault}/replicationFabrics/replicationvCenters/read`,
  `${vault}/replicationJobs/read`,
  `${vault}/replicationJobExports/read`,
  `${vault}/replicationPolicies/read`,
  `${vault}/replicationRecoveryPlans/read`,
  `${vault}/replicationVaultSettings/read`,
];

/** The open rows that everybody with a role may read: what is listed per parent may be listed for the vault. */
const openReads = [
  `${vault}/deletedProtectedItems/read`,
  `${vault}/replicationAppliances/read`,
  `${vault}/replicationEvidence/read`,
  `${vault}/replicationNetworkMappings/read`,
  `${vault}/replicationNetworks/read`,
  `${vault}/replicationProtectedItems/read`,
  `${vault}/replicationProtectionContainerMappings/read`,
  `${vault}/replicationProtectionContainers/read`,
  `${vault}/replicationProtectionIntents/read`,
  `${vault}/replicationRecoveryServicesProviders/read`,
  `${vault}/replicationStorageClassificationMappings/read`,
  `${vault}/replicationStorageClassifications/read`,
  `${vault}/replicationSupportedOperatingSystems/read`,
  `${vault}/replicationVaultHealth/read`,
  `${vault}/replicationvCenters/read`,
  `${vault}/privateLinkResources/read`,
  'Microsoft.RecoveryServices/operations/read',
  'Microsoft.RecoveryServices/locations/checkNameAvailability/action',
  'Microsoft.RecoveryServices/locations/capabilities/action',
  'Microsoft.RecoveryServices/replicationEligibilityResults/read',
];

const items = `${vault}/replicationFabrics/replicationProtectionContainers/replicationProtectedItems`;
const plans = `${vault}/replicationRecoveryPlans`;

export const roles: Readonly<Record<string, Role>> = {
  Owner: {
    title: 'Everything, with creating and deleting vaults and giving roles',
    definitionId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    allows: ['*'],
  },
  Contributor: {
    title: 'Everything in a vault, but neither the vault itself nor roles',
    definitionId: '6670b86e-a3f7-4917-ac9b-5d6ab1be4567',
    allows: [
      ...readEverything,
      ...openReads,
      `${vault}/extendedInformation/*`,
      `${vault}/certificates/write`,
      // Purging is the Owner's: whoever may disable protection cannot also remove what it leaves.
      `${vault}/deletedProtectedItems/undelete/action`,
      `${vault}/registeredIdentities/*`,
      `${vault}/replicationAlertSettings/*`,
      `${vault}/replicationFabrics/*`,
      `${vault}/replicationJobs/*`,
      `${vault}/replicationPolicies/*`,
      `${vault}/replicationRecoveryPlans/*`,
      `${vault}/replicationVaultSettings/*`,
      `${vault}/replicationMigrationItems/read`,
      `${vault}/replicationProtectionIntents/write`,
      `${vault}/replicationVaultHealth/default/refresh/action`,
      `${vault}/webhooks/*`,
    ],
  },
  Operator: {
    title: 'Failover and failback, but nothing that changes what is protected',
    definitionId: '494ae006-db33-4328-bf46-533a6560a3ca',
    allows: [
      ...readEverything,
      ...openReads,
      `${vault}/replicationVaultHealth/default/refresh/action`,
      `${vault}/replicationFabrics/checkConsistency/action`,
      `${vault}/replicationFabrics/reassociateGateway/action`,
      `${vault}/replicationFabrics/renewCertificate/action`,
      `${vault}/replicationFabrics/replicationRecoveryServicesProviders/refreshProvider/action`,
      `${vault}/replicationFabrics/replicationProtectionContainers/switchprotection/action`,
      `${items}/applyRecoveryPoint/action`,
      `${items}/failoverCommit/action`,
      `${items}/plannedFailover/action`,
      `${items}/repairReplication/action`,
      `${items}/reProtect/action`,
      `${items}/testFailover/action`,
      `${items}/testFailoverCleanup/action`,
      `${items}/unplannedFailover/action`,
      `${items}/updateMobilityService/action`,
      `${vault}/replicationJobs/*`,
      `${plans}/failoverCommit/action`,
      `${plans}/plannedFailover/action`,
      `${plans}/reProtect/action`,
      `${plans}/testFailover/action`,
      `${plans}/testFailoverCleanup/action`,
      `${plans}/unplannedFailover/action`,
    ],
  },
  Reader: {
    title: 'Sees everything, changes nothing',
    definitionId: 'dbaa88c4-0c30-4179-9fb3-46319faa6149',
    allows: [...readEverything, ...openReads],
  },
};

/** Whether a role of this name, or with this definition id, allows an action. */
export function roleAllows(role: string, action: string): boolean {
  const wanted = role.toLowerCase().split('/').at(-1) ?? '';
  const found = Object.entries(roles).find(
    ([name, { definitionId }]) => name.toLowerCase() === wanted || definitionId === wanted,
  );
  return found?.[1].allows.some((pattern) => covers(pattern, action)) ?? false;
}

function covers(pattern: string, action: string): boolean {
  const [start = '', ...rest] = pattern.toLowerCase().split('*');
  const wanted = action.toLowerCase();
  return rest.length === 0 ? wanted === start : wanted.startsWith(start);
}
