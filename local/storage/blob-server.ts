import type { Server } from 'node:http';

/** One of the two in-memory databases in which Azurite keeps its metadata. */
export interface Database {
  readonly filename: string;
  readonly persistenceAdapter: {
    saveDatabase(name: string, content: string, done: (error?: Error | null) => void): void;
  };
  serialize(): string;
  autosaveDirty(): boolean;
  autosaveClearFlags(): void;
  autosaveDisable(): void;
}

/** The parts of Azurite 3.35.0's blob server that are used; it publishes no types of its own. */
export interface BlobServer {
  readonly metadataStore: { readonly db: Database };
  readonly extentMetadataStore: { readonly db: Database };
  readonly httpServer: Server;
  start(): Promise<void>;
  close(): Promise<void>;
}
