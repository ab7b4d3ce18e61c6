import { LifeboatError } from '../../errors';
import type { RecordKey } from '../../ports/records';

const longestBytes = 1023;

/** The characters an id may not hold, each with the one just before it, behind which it is written. */
const forbidden: Readonly<Record<string, string>> = { '#': '"', '/': '.', '?': '>', '\\': '[' };
const stand = new Map(Object.entries(forbidden).map(([character, before]) => [before, character]));

/**
 * An id as Cosmos DB takes it. A forbidden character becomes the one before it and a 2, that one itself gets a 1, and
 * so does white space, with which an id may not end. Each character is written alone and keeps its place among the
 * others, so that order and prefixes of escaped ids are those of the ids.
 */
export function escapedId(id: string): string {
  return id.replace(/[#/?\\".>[\s]/g, (character) => {
    const before = forbidden[character];
    return before === undefined ? `${character}1` : `${before}2`;
  });
}

export function unescapedId(escaped: string): string {
  return escaped.replace(/([".>[\s])([12])/g, (_, character: string, which: string) =>
    which === '2' ? (stand.get(character) ?? character) : character,
  );
}

/** Where a record is kept; refuses what no catalogue could keep. */
export function checkedKey({ partition, id }: RecordKey): RecordKey {
  const escaped = escapedId(id);
  const isText = !/\p{Surrogate}/u.test(partition + id);
  if (
    isText &&
    [partition, escaped].every((text) => text !== '' && Buffer.byteLength(text) <= longestBytes)
  ) {
    return { partition, id: escaped };
  }
  throw new LifeboatError('BadRequest', 'a record needs a partition and an id of 1 to 1023 bytes of text');
}
