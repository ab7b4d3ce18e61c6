import { z } from 'zod';
import { badRequest } from '../failure';
import { type Json } from '../json';
import { checkedId } from './names';

const path = z.string().regex(/^(\/("[^"]+"|[^/"]+))+$/, 'a path looks like /name or /name/inner');
const seconds = z.int().refine((value) => value === -1 || value > 0, 'seconds, or -1');

/** What a container is created with. Parts that this server has no use for are kept and given back. */
const ContainerDefinition = z.looseObject({
  id: z.string(),
  partitionKey: z.looseObject({
    paths: z.array(path).min(1).max(3),
    kind: z.enum(['Hash', 'MultiHash']).default('Hash'),
    version: z.int().default(2),
  }),
  defaultTtl: seconds.optional(),
  uniqueKeyPolicy: z
    .looseObject({ uniqueKeys: z.array(z.looseObject({ paths: z.array(path).min(1) })).default([]) })
    .optional(),
  indexingPolicy: z.looseObject({}).default({ indexingMode: 'consistent', automatic: true }),
});
export type ContainerDefinition = z.infer<typeof ContainerDefinition>;

const systemNames = ['_rid', '_self', '_etag', '_ts', '_docs', '_sprocs', '_triggers', '_udfs', '_conflicts'];

export function parseContainerDefinition(body: Json): ContainerDefinition {
  const parsed = ContainerDefinition.safeParse(body);
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
  checkedId(parsed.data.id);
  const { paths, kind } = parsed.data.partitionKey;
  if (paths.length > 1 && kind === 'Hash') {
    throw badRequest("A partition key of several paths must be of kind 'MultiHash'.");
  }
  for (const name of systemNames) Reflect.deleteProperty(parsed.data, name);
  return parsed.data;
}

/** `/a/"b c"/d` is a, then b c, then d. */
export function namesInPath(path: string): readonly string[] {
  return [...path.matchAll(/\/(?:"([^"]+)"|([^/]+))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
