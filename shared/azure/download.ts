import type { BlobDownloadResponseParsed } from '@azure/storage-blob';
import { assert, present } from '../assert';

/** The body of an answer, in chunks. */
export async function* chunksOf(answer: BlobDownloadResponseParsed): AsyncGenerator<Uint8Array> {
  for await (const chunk of present(answer.readableStreamBody, 'the body of a download')) {
    assert(chunk instanceof Uint8Array, 'a download came as text');
    yield chunk;
  }
}

/** The body of an answer, in one piece of a length known beforehand. */
export async function bodyOf(answer: BlobDownloadResponseParsed, lengthBytes: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(lengthBytes);
  let filledBytes = 0;
  for await (const chunk of chunksOf(answer)) {
    assert(filledBytes + chunk.length <= lengthBytes, 'a download is longer than what was asked for');
    body.set(chunk, filledBytes);
    filledBytes += chunk.length;
  }
  assert(filledBytes === lengthBytes, 'a download is shorter than what was asked for');
  return body;
}
