/** How a vault keeps what is deleted in it: for how long, and whether that can still be taken back or cut short. */
export interface SoftDelete {
  readonly retainDays: number;
  readonly isAlwaysOn: boolean;
}

/** A time in which an item lay deleted. Its recovery points do not age in it. */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number;
}

const type = 'deletedProtectedItems';

/** Where a deleted item is kept: by its own UUID, so that it is in nobody's way. */
export function deletedItemId(vaultId: string, internalId: string): string {
  return `${vaultId}/${type}/${internalId}`;
}

/** True for a replica whose owner is a deleted item: it is kept as it is, nothing is expected of it, and it costs no work. */
export function isDormant({ ownerId }: { readonly ownerId: string }): boolean {
  return new RegExp(`/vaults/[^/]+/${type}/[^/]+$`, 'i').test(ownerId);
}

/** The time of a recovery point, later by all the time that it lay still since: age is what retention goes by. */
export function withoutPauses(timeInMs: number, pauses: readonly Pause[] = []): number {
  return pauses
    .filter(({ fromMs }) => timeInMs <= fromMs)
    .reduce((sum, { fromMs, untilMs }) => sum + Math.max(0, untilMs - fromMs), timeInMs);
}
