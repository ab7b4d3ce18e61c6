import { z } from 'zod';
import { parseLogContainerName } from '../model/log-name';

/** What storage tells Event Grid of a new blob: of all it says, the address is enough. */
const BlobCreated = z.object({
  eventType: z.literal('Microsoft.Storage.BlobCreated'),
  subject: z.string(),
});

/** The replica whose change log has arrived; undefined for any other event or blob. */
export function replicaOfBlobCreated(event: unknown): string | undefined {
  const parsed = BlobCreated.safeParse(event);
  if (!parsed.success) return undefined;
  const [, container = ''] = /\/containers\/([^/]+)\/blobs\//.exec(parsed.data.subject) ?? [];
  return parseLogContainerName(container)?.replicaId;
}
