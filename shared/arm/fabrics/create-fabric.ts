import { z } from 'zod';
import type { CatalogueChange } from '../../contracts/jobs/control-job';
import { Fabric } from '../../contracts/catalogue/site';
import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import type { ApiAnswer } from '../http/exchange';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import { fabricKindOf, fabricKinds } from './fabric-kinds';

export const FabricInput = z.looseObject({
  properties: z
    .looseObject({
      customDetails: z
        .looseObject({ instanceType: z.string().max(100).nullish(), location: z.string().max(100).nullish() })
        .nullish(),
    })
    .nullish(),
});

/** Creates a fabric, with the container and the network that its kind comes with. */
export async function createFabric(call: Call, input: z.infer<typeof FabricInput>): Promise<ApiAnswer> {
  const details = input.properties?.customDetails ?? {};
  const kind = fabricKindOf(details.instanceType);
  if (kind === 'Azure' && typeof details.location !== 'string') {
    throw new LifeboatError('BadRequest', 'An Azure fabric names its region.', {
      target: 'properties.customDetails.location',
    });
  }
  const stored = await existing(call);
  const before = stored === undefined ? undefined : Fabric.parse(stored.resource.properties);
  if (before !== undefined && before.kind !== kind) {
    throw new LifeboatError('Conflict', `The fabric is there already, as ${before.kind}.`, {
      target: call.resourceId,
    });
  }
  const fabric: Fabric = {
    friendlyName: call.params['fabricName'] ?? '',
    kind,
    internalId: before?.internalId ?? call.services.ids.uuid(),
    health: before?.health ?? 'Normal',
    healthErrors: before?.healthErrors ?? [],
    details: detailsOf(details),
    ...(typeof details.location === 'string' ? { location: details.location } : {}),
  };
  const resource = resourceFor(call, { existing: stored, parent: undefined }, fabric);
  return control(call, {
    scenarioName: 'CreateSite',
    friendlyName: 'Create a site',
    targetInstanceType: 'Server',
    changes: [{ change: 'put', resource }, ...(before === undefined ? partsOf(resource, fabric) : [])],
    resultId: resource.id,
  });
}

function detailsOf(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).filter(
      ([key, value]) => key !== 'instanceType' && value !== null && value !== undefined,
    ),
  );
}

/** What the real service makes together with a fabric of each kind. */
function partsOf(resource: Resource, fabric: Fabric): readonly CatalogueChange[] {
  const kind = fabricKinds[fabric.kind];
  const part = (type: string, name: string, properties: Record<string, unknown>): CatalogueChange => ({
    change: 'put',
    resource: { id: `${resource.id}/${type}/${name}`, name, type: `${resource.type}/${type}`, properties },
  });
  const parts: CatalogueChange[] = [];
  if (kind?.hasOwnContainer === true) {
    parts.push(
      part('replicationProtectionContainers', `cloud_${fabric.internalId}`, {
        friendlyName: fabric.friendlyName,
        fabricKind: fabric.kind,
        fabricFriendlyName: fabric.friendlyName,
      }),
    );
  }
  if (kind?.network !== undefined) {
    const properties = {
      friendlyName: kind.network,
      networkType: 'Azure',
      fabricKind: fabric.kind,
      subnets: [],
    };
    parts.push(part('replicationNetworks', kind.network, properties));
  }
  return parts;
}
