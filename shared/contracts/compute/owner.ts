import { z } from 'zod';

/** For whom something was made in the target cloud. It is written on everything as tags, so that clean-up finds all. */
export const Owner = z.object({
  vaultId: z.string().min(1),
  itemId: z.string().min(1),
  jobId: z.string().min(1),
});
export type Owner = z.infer<typeof Owner>;

/** The names of the tags. */
export const ownerTags = {
  vaultId: 'lifeboat-vault',
  itemId: 'lifeboat-item',
  jobId: 'lifeboat-job',
} as const satisfies Record<keyof Owner, string>;

/** What is wanted of a search: all that a vault, an item or one job made. */
export type OwnerFilter = Pick<Owner, 'vaultId'> & Partial<Owner>;

export function tagsOf(owner: Owner): Record<string, string> {
  return {
    [ownerTags.vaultId]: owner.vaultId.toLowerCase(),
    [ownerTags.itemId]: owner.itemId.toLowerCase(),
    [ownerTags.jobId]: owner.jobId.toLowerCase(),
  };
}

/** True if what carries these tags was made for this owner. Ids match without regard to case. */
export function isOwnedBy(
  tags: Readonly<Record<string, string>> | undefined,
  { vaultId, itemId, jobId }: OwnerFilter,
): boolean {
  const matches = (tag: string, wanted: string | undefined): boolean =>
    wanted === undefined || tags?.[tag]?.toLowerCase() === wanted.toLowerCase();
  return (
    matches(ownerTags.vaultId, vaultId) &&
    matches(ownerTags.itemId, itemId) &&
    matches(ownerTags.jobId, jobId)
  );
}
