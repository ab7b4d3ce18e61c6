/** Rings for a replica: somebody will look at its cache soon. A lost, doubled or late ring is harmless. */
export interface Doorbells {
  ring(replicaId: string): Promise<void>;
}
