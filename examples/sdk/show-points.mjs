// Every machine of the vault: how it is, how far behind, and what it can be recovered to.
import { group, site, vault } from './lifeboat.mjs';

let machines = 0;
for await (const item of site.replicationProtectedItems.list(vault, group)) {
  machines += 1;
  const { friendlyName, protectionState, replicationHealth, providerSpecificDetails } = item.properties ?? {};
  const behind = providerSpecificDetails?.rpoInSeconds;
  console.log(
    `${friendlyName}  ${protectionState}  ${replicationHealth}  ${behind === undefined ? 'no RPO yet' : `RPO ${behind} s`}`,
  );
  const [, fabric, container] =
    /replicationFabrics\/([^/]+)\/replicationProtectionContainers\/([^/]+)/i.exec(item.id ?? '') ?? [];
  const points = site.recoveryPoints.listByReplicationProtectedItems(
    vault,
    group,
    fabric ?? '',
    container ?? '',
    item.name ?? '',
  );
  for await (const { name, properties } of points) {
    console.log(
      `  ${properties?.recoveryPointTime?.toISOString()}  ${properties?.recoveryPointType}  ${name}`,
    );
  }
}
console.log(`${machines} protected in ${vault}`);
