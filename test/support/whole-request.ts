import type { IncomingMessage } from 'node:http';

/** The body of a request; nothing where who asked has hung up meanwhile, as one does that is stopped. */
export async function wholeOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
