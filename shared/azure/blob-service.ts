import { type TokenCredential } from '@azure/identity';
import {
  BlobServiceClient,
  type StoragePipelineOptions,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';

/** Storage answers 503 when it is busy and may lose an answer: every call of ours can be made again. */
const retryOptions = {
  maxTries: 5,
  retryDelayInMs: 200,
  maxRetryDelayInMs: 8_000,
  tryTimeoutInMs: 60_000,
} as const;

/** A client of one storage account, which tries again what storage refuses for a moment. */
export function blobService(
  endpoint: string,
  credential: TokenCredential | StorageSharedKeyCredential,
  options: StoragePipelineOptions = {},
): BlobServiceClient {
  return new BlobServiceClient(endpoint, credential, {
    keepAliveOptions: { enable: true },
    ...options,
    retryOptions: { ...retryOptions, ...options.retryOptions },
  });
}
