import { z } from 'zod';

/** What a host process tells its parent once it serves. */
export const ListeningMessage = z.object({
  kind: z.literal('listening'),
  port: z.int(),
  httpsPort: z.int().nullable(),
  pid: z.int(),
});
export type ListeningMessage = z.infer<typeof ListeningMessage>;
