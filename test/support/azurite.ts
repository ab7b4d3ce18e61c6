import type { BlobServiceClient, StoragePipelineOptions } from '@azure/storage-blob';
import {
  azuriteCredential,
  startAzuriteProcess,
  type AzuriteProcess,
} from '../../bench/support/azurite-process';
import { strictBlobService, type StrictOptions } from './strict-azure/strict-azure';

export interface ServiceOptions extends StrictOptions, StoragePipelineOptions {
  /** Another address than Azurite's own, if something stands between. */
  readonly endpoint?: string;
}

export interface Azurite extends AzuriteProcess {
  /** A client that is as strict as Azure. */
  service(options?: ServiceOptions): BlobServiceClient;
}

/** Starts Azurite in a process of its own, to be used through clients as strict as Azure. */
export async function startAzurite(): Promise<Azurite> {
  const azurite = await startAzuriteProcess();
  return {
    ...azurite,
    service: ({ endpoint = azurite.endpoint, ...options } = {}) =>
      strictBlobService(endpoint, azuriteCredential, options),
  };
}
