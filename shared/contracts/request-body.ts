import type { z } from 'zod';
import { LifeboatError } from '../errors';

/** The body as its operation takes it, or a refusal that names the field. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const field = first?.path.join('.') ?? '';
  throw new LifeboatError(
    'BadRequest',
    `The request body does not fit${field === '' ? '' : ` at "${field}"`}: ${first?.message ?? 'it is malformed'}.`,
    field === '' ? {} : { target: field },
  );
}

/** Undefined where nothing was sent. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new LifeboatError('InvalidRequestContent', 'The request body is not valid JSON.');
  }
}
