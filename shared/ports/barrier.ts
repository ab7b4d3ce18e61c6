/** What storage has acknowledged before this call survives the death of the storage once the call has returned. */
export interface Barrier {
  /** Nothing to do in Azure; a forced save on one machine. Throws if it could not be promised. */
  pass(): Promise<void>;
}
