import { z } from 'zod';

const Principal = z.strictObject({
  /** What people call it, for example `operator`. */
  name: z.string().min(1),
  clientId: z.uuid(),
  /** The `oid` and `sub` of its tokens: what roles are assigned to. */
  objectId: z.uuid(),
  secret: z.string().min(1),
  /** App roles, put into its tokens as they stand here. */
  roles: z.array(z.string().min(1)).default([]),
});
export type Principal = z.infer<typeof Principal>;

/** Who there is, and what tokens may be meant for. */
export const Directory = z.strictObject({
  tenantId: z.uuid(),
  /** The resources (audiences) that tokens are issued for. */
  resources: z.array(z.string().min(1)).min(1),
  principals: z.array(Principal).min(1),
});
export type Directory = z.infer<typeof Directory>;

/** Reads a directory from its JSON text. What does not fit is named; secrets are not repeated. */
export function readDirectory(text: string, file: string): Directory {
  const parsed = Directory.safeParse(asJson(text, file));
  if (!parsed.success) throw new Error(`${file} is not a directory: ${z.prettifyError(parsed.error)}`);
  const ids = parsed.data.principals.map((principal) => principal.clientId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`${file}: two principals have the clientId ${twice}`);
  return parsed.data;
}

function asJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON`);
  }
}
