import { createHash } from 'node:crypto';
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

export function tagsOf({ vaultId, itemId, jobId }: Owner): Record<string, string> {
  return {
    [ownerTags.vaultId]: tagValue(vaultId),
    [ownerTags.itemId]: tagValue(itemId),
    [ownerTags.jobId]: tagValue(jobId),
  };
}

/** The one tag that finds all that was made for this owner: the narrowest. */
export function searchTag({ vaultId, itemId, jobId }: OwnerFilter): { name: string; value: string } {
  if (jobId !== undefined) return { name: ownerTags.jobId, value: tagValue(jobId) };
  if (itemId !== undefined) return { name: ownerTags.itemId, value: tagValue(itemId) };
  return { name: ownerTags.vaultId, value: tagValue(vaultId) };
}

/** True if what carries these tags was made for this owner. Ids match without regard to case. */
export function isOwnedBy(
  tags: Readonly<Record<string, string>> | undefined,
  { vaultId, itemId, jobId }: OwnerFilter,
): boolean {
  const matches = (tag: string, wanted: string | undefined): boolean =>
    wanted === undefined || tags?.[tag] === tagValue(wanted);
  return (
    matches(ownerTags.vaultId, vaultId) &&
    matches(ownerTags.itemId, itemId) &&
    matches(ownerTags.jobId, jobId)
  );
}

const longestTagValue = 256;

/** A tag holds 256 characters and ids of items are longer: they keep their end, and are told apart by a digest. */
function tagValue(id: string): string {
  const plain = id.toLowerCase();
  if (plain.length <= longestTagValue) return plain;
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, 32);
  return `${digest}...${plain.slice(-200)}`;
}
