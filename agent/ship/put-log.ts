import { logBlobName } from '../../shared/model/log-name';
import { sendRequest } from '../service/http-request';
import type { SiteTrust } from '../site/site-trust';

/** How an upload ended. `perhaps`: an earlier try of ours may have put it there; the service will tell. `gone`: the epoch has ended. */
export type PutOutcome = 'put' | 'perhaps' | 'gone' | 'expired' | 'passing';

export interface PutLog {
  /** The container's address with its grant. */
  readonly grantUrl: string;
  readonly sequence: number;
  readonly attempt: number;
  readonly bytes: Uint8Array;
  readonly certificateAuthority?: string | undefined;
  /** Where the address is one of the site's own network. */
  readonly trust?: SiteTrust | undefined;
  readonly signal: AbortSignal;
}

/** The newest version that both Azure and Azurite take. */
const storageVersion = '2025-07-05';
const timeoutInMs = 120_000;

/** One Put Blob, which never overwrites. */
export async function putLog({
  grantUrl,
  sequence,
  attempt,
  bytes,
  certificateAuthority,
  trust,
  signal,
}: PutLog): Promise<PutOutcome> {
  const url = new URL(grantUrl);
  url.pathname = `${url.pathname}/${logBlobName(sequence, attempt)}`;
  const answer = await sendRequest({
    method: 'PUT',
    url,
    headers: {
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-version': storageVersion,
      'content-type': 'application/octet-stream',
      'if-none-match': '*',
    },
    body: bytes,
    timeoutInMs,
    certificateAuthority,
    trust,
    signal,
  });
  return outcomeOf(answer.status, String(answer.headers['x-ms-error-code'] ?? ''));
}

function outcomeOf(status: number, code: string): PutOutcome {
  if (status === 201) return 'put';
  if (status === 404) return 'gone';
  if (status === 403 && /Authentication|Expired/i.test(code)) return 'expired';
  if (status === 403 || status === 409 || status === 412) return 'perhaps';
  return 'passing';
}
