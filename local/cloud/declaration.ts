import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const text = z.string().min(1);

const Principal = z.strictObject({
  name: text,
  clientId: z.uuid(),
  objectId: z.uuid(),
  /** Made at the first start and kept where it is absent. */
  secret: text.optional(),
  roles: z.array(text).default([]),
});

/**
 * What one app needs of the local cloud. Everything in it may hold placeholders such as `{{cache.endpoint}}`; the README
 * lists them.
 */
export const Declaration = z.strictObject({
  $schema: text.optional(),
  identity: z.strictObject({
    tenantId: z.uuid(),
    /** What tokens may be meant for. */
    resources: z.array(text).min(1),
    /** What `npm run token` asks for when nobody says otherwise. */
    defaultResource: text,
    principals: z.array(Principal).min(1),
  }),
  storage: z.strictObject({
    cache: z.strictObject({ account: z.string().regex(/^[a-z0-9]{3,24}$/) }),
    target: z.strictObject({ account: z.string().regex(/^[a-z0-9]{3,24}$/) }),
  }),
  serviceBus: z.strictObject({ entities: text }),
  app: z.strictObject({
    folder: text,
    environment: z.record(text, z.string()),
  }),
});
export type Declaration = z.infer<typeof Declaration>;

export async function readDeclaration(file: string): Promise<Declaration> {
  const content = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`The declaration of the local cloud, ${file}, cannot be read`, { cause: error });
  });
  const parsed = Declaration.safeParse(asJson(content, file));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} does not declare a local cloud: ${z.prettifyError(parsed.error)}`);
}

function asJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error });
  }
}
