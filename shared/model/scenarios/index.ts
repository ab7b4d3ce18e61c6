import { azureToAzure } from './a2a';
import { siteToSite } from './hyperv-replica-2012r2';
import { hyperVToAzure } from './hyperv-replica-azure';
import { toSecondarySite } from './inmage';
import { classicToAzure } from './inmage-azure-v2';
import { applianceToAzure } from './inmage-rcm';
import { applianceFailback } from './inmage-rcm-failback';
import type { InstanceType, Scenario } from './scenario';

/** Every scenario by its name. */
export const scenarios: Readonly<Record<InstanceType, Scenario>> = {
  A2A: azureToAzure,
  HyperVReplicaAzure: hyperVToAzure,
  HyperVReplica2012R2: siteToSite,
  InMageAzureV2: classicToAzure,
  InMage: toSecondarySite,
  InMageRcm: applianceToAzure,
  InMageRcmFailback: applianceFailback,
};

/** The scenario of this name or alias, case-exact as Site Recovery has it; undefined if there is none. */
export function findScenario(instanceType: string): Scenario | undefined {
  return Object.values(scenarios).find(
    (scenario) => scenario.instanceType === instanceType || scenario.aliases.includes(instanceType),
  );
}
