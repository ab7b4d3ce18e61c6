import { LifeboatError, isRefusal } from '../../errors';
import { listResources, requireResource, type ResourcePage } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { parseFilter, type Filter } from './filter';
import { presentResource } from './presenters';
import type { Complete } from './read';

export interface Listing {
  readonly type: string;
  readonly newestFirst?: boolean;
  /** What the `$filter` of this list calls a property that has another name on the wire. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly complete?: Complete;
}

const pageSize = 100;
const largestPage = 1_000;
/** A filter that hardly anything passes ends its page after looking at so many: the caller follows the nextLink. */
const mostLookedAt = 2_000;

/** Answers a page of the children of one type: of the vault, or of what the path names. */
export async function listPage(call: Call, listing: Listing): Promise<ApiAnswer> {
  const parentId = call.resourceId.slice(0, call.resourceId.lastIndexOf('/'));
  if (parentId !== call.vaultId) await requireResource(call.services.records, parentId);
  const filter = filterOf(call, listing);
  const size = sizeOf(call);
  const value: unknown[] = [];
  let continuation = tokenOf(call);
  let seen = 0;
  do {
    const page = await readPage(call, { parentId, listing, limit: size - value.length, continuation });
    seen += page.resources.length;
    for (const { resource } of page.resources) {
      const shown = presentResource((await listing.complete?.(call, resource)) ?? resource, true);
      if (filter === undefined || filter(shown['properties'] as Record<string, unknown>)) value.push(shown);
    }
    continuation = page.continuation;
  } while (continuation !== undefined && value.length < size && seen < mostLookedAt);
  return ok({ value, nextLink: continuation === undefined ? null : nextLink(call, continuation) });
}

/** An empty list of the right shape. */
export function emptyPage(): ApiAnswer {
  return ok({ value: [], nextLink: null });
}

interface Range {
  readonly parentId: string;
  readonly listing: Listing;
  readonly limit: number;
  readonly continuation: string | undefined;
}

async function readPage(
  call: Call,
  { parentId, listing, limit, continuation }: Range,
): Promise<ResourcePage> {
  try {
    return await listResources(call.services.records, parentId, listing.type, {
      limit,
      descending: listing.newestFirst ?? false,
      ...(continuation === undefined ? {} : { continuation }),
    });
  } catch (error) {
    if (continuation !== undefined && isRefusal(error, 'BadRequest')) throw badToken();
    throw error;
  }
}

function filterOf(call: Call, { aliases = {} }: Listing): Filter | undefined {
  const text = call.query.get('$filter');
  if (text === null || text.trim() === '') return undefined;
  const filter = parseFilter(text);
  return (properties) => {
    const more = Object.entries(aliases).map(([alias, name]) => [alias, properties[name]] as const);
    return filter({ ...properties, ...Object.fromEntries(more) });
  };
}

function sizeOf(call: Call): number {
  const text = call.query.get('$top') ?? call.query.get('$take') ?? call.query.get('takeToken');
  if (text === null || text === '') return pageSize;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1) {
    throw new LifeboatError('BadRequest', 'The size of a page is a whole number from 1 on.', {
      target: '$top',
    });
  }
  return Math.min(size, largestPage);
}

/** Tokens carry the list they were made for, so that one of another list is refused and not misread. */
function tokenOf(call: Call): string | undefined {
  const token = call.query.get('$skipToken') ?? call.query.get('skipToken');
  if (token === null || token === '') return undefined;
  const [list, continuation] = Buffer.from(token, 'base64url').toString('utf8').split('\n');
  if (list !== call.resourceId.toLowerCase() || continuation === undefined) throw badToken();
  return continuation;
}

function nextLink(call: Call, continuation: string): string {
  const token = Buffer.from(`${call.resourceId.toLowerCase()}\n${continuation}`).toString('base64url');
  const query = new URLSearchParams(call.query);
  query.delete('skipToken');
  query.set('$skipToken', token);
  return `${call.address}${call.path}?${query.toString()}`;
}

function badToken(): LifeboatError {
  return new LifeboatError('InvalidSkipToken', 'The skip token is not one that this list gave.', {
    target: '$skipToken',
  });
}
