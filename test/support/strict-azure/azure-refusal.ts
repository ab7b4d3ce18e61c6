import { createHash } from 'node:crypto';

/** A request to blob storage, as far as Azure judges it and Azurite does not. */
export interface StorageRequest {
  readonly method: string;
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  /** Undefined where the body is a stream, whose bytes cannot be looked at beforehand. */
  readonly body: Uint8Array | undefined;
}

export interface AzureRefusal {
  readonly status: number;
  readonly code: string;
}

const mebibyte = 1024 * 1024;
const pageBytes = 512;
const pageWriteLimitBytes = 4 * mebibyte;
const pageBlobLimitBytes = 8 * mebibyte * mebibyte;

/** What Azure would refuse and Azurite lets pass; also what the project has forbidden itself because they differ on it. */
export function azureRefusal(
  request: StorageRequest,
  blobSizeBytes: number | undefined,
): AzureRefusal | undefined {
  const { method, url } = request;
  const operation = url.searchParams.get('comp');
  if (url.searchParams.has('sip')) return { status: 403, code: 'AddressRangesAreNotChecked' };
  if (operation === 'pagelist' && url.searchParams.has('prevsnapshot')) {
    return { status: 400, code: 'PageRangesDiffIsNotUsed' };
  }
  if (method !== 'PUT') return undefined;
  if (url.searchParams.has('snapshot')) return { status: 400, code: 'InvalidQueryParameterValue' };
  if (hasWrongDigest(request)) return { status: 400, code: 'Md5Mismatch' };
  if (operation === 'page') return pageRefusal(request, blobSizeBytes);
  if (operation === 'metadata' && url.pathname.endsWith('.vhd')) {
    return { status: 400, code: 'MetadataOfReplicasIsNotUsed' };
  }
  if (operation === 'properties' && hasSequenceCondition(request)) {
    return { status: 400, code: 'UnsupportedHeader' };
  }
  return sizeRefusal(request);
}

function pageRefusal(request: StorageRequest, blobSizeBytes: number | undefined): AzureRefusal | undefined {
  const range = request.header('x-ms-range') ?? request.header('range') ?? '';
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const offsetBytes = Number(first);
  const endBytes = Number(last) + 1;
  if (
    first === '' ||
    offsetBytes % pageBytes !== 0 ||
    endBytes % pageBytes !== 0 ||
    endBytes <= offsetBytes
  ) {
    return { status: 416, code: 'InvalidPageRange' };
  }
  if (blobSizeBytes !== undefined && endBytes > blobSizeBytes) {
    return { status: 416, code: 'InvalidPageRange' };
  }
  if (request.header('x-ms-page-write')?.toLowerCase() !== 'update') return undefined;
  if (endBytes - offsetBytes > pageWriteLimitBytes) return { status: 413, code: 'RequestBodyTooLarge' };
  if (request.body !== undefined && request.body.length !== endBytes - offsetBytes) {
    return { status: 400, code: 'InvalidPageRange' };
  }
  return undefined;
}

function sizeRefusal(request: StorageRequest): AzureRefusal | undefined {
  const size = request.header('x-ms-blob-content-length');
  if (size === undefined) return undefined;
  const fits = Number(size) % pageBytes === 0 && Number(size) <= pageBlobLimitBytes;
  return fits ? undefined : { status: 400, code: 'InvalidHeaderValue' };
}

function hasSequenceCondition(request: StorageRequest): boolean {
  return ['eq', 'le', 'lt'].some((name) => request.header(`x-ms-if-sequence-number-${name}`) !== undefined);
}

function hasWrongDigest({ header, body }: StorageRequest): boolean {
  const claimed = header('content-md5');
  return (
    claimed !== undefined && body !== undefined && createHash('md5').update(body).digest('base64') !== claimed
  );
}
