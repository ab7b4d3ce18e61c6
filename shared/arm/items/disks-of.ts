import { z } from 'zod';
import type { ProtectedDisk } from '../../contracts/catalogue/protected-item';
import type { MachineDisk } from '../../contracts/catalogue/site';
import { LifeboatError } from '../../errors';
import type { Ids } from '../../ports/ids';

const Chosen = z.looseObject({
  vmManagedDisks: z.array(z.looseObject({ diskId: z.string() })).nullish(),
  vmDisks: z.array(z.looseObject({ diskUri: z.string() })).nullish(),
  disksToInclude: z.array(z.union([z.string(), z.looseObject({ diskId: z.string() })])).nullish(),
  disksToIncludeForManagedDisks: z.array(z.looseObject({ diskId: z.string().nullish() })).nullish(),
  vhdId: z.string().nullish(),
});

/** The disks that a request chooses, in the words of any scenario; undefined when it leaves the choice to us. */
export function chosenDisks(provider: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const chosen = Chosen.parse(provider);
  const ids = [
    ...(chosen.vmManagedDisks ?? []).map(({ diskId }) => diskId),
    ...(chosen.vmDisks ?? []).map(({ diskUri }) => diskUri),
    ...(chosen.disksToInclude ?? []).map((disk) => (typeof disk === 'string' ? disk : disk.diskId)),
    ...(chosen.disksToIncludeForManagedDisks ?? []).flatMap(({ diskId }) => diskId ?? []),
  ];
  return ids.length === 0 ? undefined : [...new Set(ids)];
}

/** The disks to protect: those chosen, or all that the machine has. What nobody reported yet is known by its id alone. */
export function disksOf(
  ids: Ids,
  provider: Readonly<Record<string, unknown>>,
  reported: readonly MachineDisk[],
): ProtectedDisk[] {
  const chosen = chosenDisks(provider) ?? reported.map(({ id }) => id);
  return chosen.map((diskId) => {
    const disk = reported.find(({ id }) => id.toLowerCase() === diskId.toLowerCase());
    if (disk === undefined && reported.length > 0) {
      throw new LifeboatError('BadRequest', `The machine has no disk "${diskId}".`, {
        target: 'properties.providerSpecificDetails',
      });
    }
    return {
      id: disk?.id ?? diskId,
      name: disk?.name ?? diskId.split('/').at(-1) ?? diskId,
      replicaId: ids.uuid(),
      sizeBytes: disk?.sizeBytes ?? 0,
      isOperatingSystem: disk?.isOperatingSystem ?? false,
      resyncRequired: false,
      copiedPercent: 0,
      pendingBytes: 0,
    };
  });
}
