import {
  BlobServiceClient,
  newPipeline,
  RestError,
  type HttpOperationResponse,
  type RequestPolicy,
  type RequestPolicyFactory,
  type StoragePipelineOptions,
  type StorageSharedKeyCredential,
  type WebResource,
} from '@azure/storage-blob';
import type { TokenCredential } from '@azure/identity';
import { azureRefusal, type AzureRefusal } from './azure-refusal';

export interface StrictOptions {
  /** Requests that one blob answers in a second; 500 in Azure. Unlimited when absent. */
  readonly requestsPerSecond?: number;
  /** Milliseconds; for the limit above. */
  readonly now?: () => number;
  /** Called before each try and after each answer; what it throws, the caller gets: a worker that dies. */
  readonly gate?: (moment: 'before' | 'after') => void;
}

/**
 * Stands between a storage client and Azurite and refuses what Azure refuses. The name makes the client put it behind
 * its retries, so that each try is judged.
 */
class InjectorPolicyFactory implements RequestPolicyFactory {
  readonly #sizes = new Map<string, number>();
  readonly #recent = new Map<string, number[]>();

  constructor(private readonly options: StrictOptions) {}

  create(next: RequestPolicy): RequestPolicy {
    return { sendRequest: (request) => this.#send(request, next) };
  }

  async #send(request: WebResource, next: RequestPolicy): Promise<HttpOperationResponse> {
    this.options.gate?.('before');
    const url = new URL(request.url);
    const blob = url.pathname;
    const body: unknown = request.body;
    const judged = {
      method: request.method,
      url,
      header: (name: string) => request.headers.get(name),
      body: typeof body === 'string' ? Buffer.from(body) : body instanceof Uint8Array ? body : undefined,
    };
    const refusal = this.#throttled(blob) ?? azureRefusal(judged, this.#sizes.get(blob));
    if (refusal !== undefined) throw refused(refusal);
    const response = await next.sendRequest(request);
    this.options.gate?.('after');
    const size = judged.header('x-ms-blob-content-length') ?? pageBlobLength(response);
    if (response.status < 300 && size !== undefined) this.#sizes.set(blob, Number(size));
    return response;
  }

  #throttled(blob: string): AzureRefusal | undefined {
    const { requestsPerSecond, now } = this.options;
    if (requestsPerSecond === undefined || now === undefined) return undefined;
    const at = now();
    const recent = (this.#recent.get(blob) ?? []).filter((then) => at - then < 1000);
    this.#recent.set(blob, recent);
    if (recent.length >= requestsPerSecond) return { status: 503, code: 'ServerBusy' };
    recent.push(at);
    return undefined;
  }
}

function pageBlobLength(response: HttpOperationResponse): string | undefined {
  const isWhole = response.status === 200 && response.request.method === 'HEAD';
  return isWhole && response.headers.get('x-ms-blob-type') === 'PageBlob'
    ? response.headers.get('content-length')
    : undefined;
}

function refused({ status, code }: AzureRefusal): RestError {
  return new RestError(`Azure would refuse this: ${code}`, { statusCode: status, code });
}

/** A client of one storage account that is as strict as Azure, whatever is behind it. */
export function strictBlobService(
  endpoint: string,
  credential: TokenCredential | StorageSharedKeyCredential,
  options: StrictOptions & StoragePipelineOptions = {},
): BlobServiceClient {
  const pipeline = newPipeline(credential, { keepAliveOptions: { enable: true }, ...options });
  pipeline.factories.push(new InjectorPolicyFactory(options));
  return new BlobServiceClient(endpoint, pipeline);
}
