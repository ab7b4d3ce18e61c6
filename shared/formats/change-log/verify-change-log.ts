import type { LogHeader } from '../../model/change-log';
import { readChangeLog } from './read-change-log';

export interface VerifiedChangeLog {
  readonly header: LogHeader;
  readonly digest: string;
  readonly isSorted: boolean;
  /** SHA-256 of the log up to the end of each frame, for a second pass that may meet other bytes. */
  readonly frameDigests: readonly string[];
}

/** Reads a whole log and keeps nothing of its data: either all of it is right, or one typed refusal says why not. */
export async function verifyChangeLog(chunks: AsyncIterable<Uint8Array>): Promise<VerifiedChangeLog> {
  const frameDigests: string[] = [];
  const reader = await readChangeLog(chunks, {
    onFrameDigest: (digest) => frameDigests.push(digest),
    isPassing: true,
  });
  const frames = reader.frames();
  while ((await frames.next()).done !== true);
  return { header: reader.header, digest: reader.digest, isSorted: reader.isSorted, frameDigests };
}
