import { endOf, type Range } from '../../shared/model/extent';
import { sendRequest } from '../service/http-request';

/** What a replica disk holds, read by ranges. */
export interface ReplicaContent {
  read(range: Range, signal: AbortSignal): Promise<Buffer>;
}

/** The storage account may pass: the same read may succeed later. */
export class PassingTrouble extends Error {
  override readonly name = 'PassingTrouble';
}

const storageVersion = '2025-07-05';
const timeoutInMs = 120_000;
const passingStatuses = [408, 429, 500, 502, 503, 504];

/** Reads by the grant that came with a task. */
export function grantedContent(grantUrl: string, certificateAuthority: string | undefined): ReplicaContent {
  const url = new URL(grantUrl);
  return {
    read: async (range, signal) => {
      const asked = `bytes=${range.offsetBytes}-${endOf(range) - 1}`;
      const { status, body } = await sendRequest({
        ...{ method: 'GET', url, body: Buffer.alloc(0), timeoutInMs, certificateAuthority, signal },
        headers: { 'x-ms-version': storageVersion, 'x-ms-range': asked, range: asked },
      }).catch((cause: unknown) => {
        throw new PassingTrouble('the replica could not be reached', { cause });
      });
      if (passingStatuses.includes(status)) throw new PassingTrouble(`the replica answered ${status}`);
      if (status !== 206 && status !== 200) throw new Error(`reading the replica was refused with ${status}`);
      if (body.byteLength !== range.lengthBytes) throw new PassingTrouble('the replica answered in part');
      return body;
    },
  };
}
