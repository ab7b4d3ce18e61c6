import { z } from 'zod';

/** What clients may send of a resource. What is not looked at is kept. */
export const ResourceBody = z.looseObject({
  location: z.string().optional(),
  tags: z.record(z.string(), z.string().max(256)).nullish(),
  zones: z.array(z.string()).nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
export type ResourceBody = z.infer<typeof ResourceBody>;

/** A resource as it is kept. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  /** `Microsoft.Compute/disks`, ... */
  readonly type: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly zones?: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** What clients do not see: how far a machine runs, what a disk stands on. */
  readonly inner?: Readonly<Record<string, unknown>>;
  /** Top-level parts that are only carried, such as `sku`. */
  readonly [part: string]: unknown;
}

/** What a client sees. */
export function present({ inner: _, ...resource }: Resource): Record<string, unknown> {
  return resource;
}

export function keyOf(id: string): string {
  return id.toLowerCase().replace(/\/$/, '');
}

/** `/subscriptions/s/resourceGroups/g` of anything in it. */
export function groupOf(id: string): string {
  return id.split('/').slice(0, 5).join('/');
}

export function isTaken(value: unknown, of: unknown): boolean {
  return typeof value === 'string' && typeof of === 'string' && keyOf(value) === keyOf(of);
}
