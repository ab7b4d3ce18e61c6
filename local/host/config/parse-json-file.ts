import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type z } from 'zod';
import { HostError, messageOf } from '../host-error';

/** The file's text, or undefined when there is no such file. */
export function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new HostError(`${path.basename(file)}: cannot be read (${messageOf(error)}).`);
  }
}

/** Parses text as JSON of this shape. A refusal names the file and the key. */
export function parseJsonText<S extends z.ZodType>(fileName: string, text: string, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new HostError(`${fileName}: is not JSON (${messageOf(error)}).`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || '(the whole file)'}: ${issue.message}`,
  );
  throw new HostError(`${fileName}: ${reasons.join('; ')}`);
}
