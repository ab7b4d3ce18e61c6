/** What the replica's base holds, block by block, to compare a disk with. */
export interface BlockDigests {
  /** SHA-256 of the block, or undefined where it is all zeros. */
  digestOf(block: number): Promise<Uint8Array | undefined>;
}
