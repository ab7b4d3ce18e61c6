import { z } from 'zod';
import { badRequest } from '../failure';

export const Reference = z.looseObject({ id: z.string() });

/** The properties of a body in this form, or a refusal that names what is wrong. */
export function parseProperties<T extends z.ZodType>(shape: T, properties: unknown): z.infer<T> {
  const parsed = shape.safeParse(properties ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(
    'InvalidParameter',
    `Required parameter 'properties.${issue?.path.join('.') ?? ''}' is missing or invalid: ${issue?.message ?? ''}`,
  );
}
