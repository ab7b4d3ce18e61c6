import { isArray, isObject, type Json, type Value } from '../../json';
import { joined } from '../operators';
import { comparingTexts, ofTexts, type SqlFunction, taking } from './function';

export const textFunctions: Readonly<Record<string, SqlFunction>> = {
  CONTAINS: comparingTexts((text, part) => text.includes(part)),
  STARTSWITH: comparingTexts((text, part) => text.startsWith(part)),
  ENDSWITH: comparingTexts((text, part) => text.endsWith(part)),
  STRINGEQUALS: comparingTexts((text, other) => text === other),
  LENGTH: ofTexts(1, (text) => text?.length),
  LOWER: ofTexts(1, (text) => text?.toLowerCase()),
  UPPER: ofTexts(1, (text) => text?.toUpperCase()),
  TRIM: ofTexts(1, (text) => text?.trim()),
  LTRIM: ofTexts(1, (text) => text?.trimStart()),
  RTRIM: ofTexts(1, (text) => text?.trimEnd()),
  REVERSE: ofTexts(1, (text = '') => [...text].reverse().join('')),
  REPLACE: ofTexts(3, (text = '', part = '', other = '') => replaced(text, part, other)),
  STRINGSPLIT: ofTexts(2, (text = '', separator = '') => text.split(separator)),
  STRINGTONUMBER: ofTexts(1, (text = '') => parsed(text, (value) => typeof value === 'number')),
  STRINGTOBOOLEAN: ofTexts(1, (text = '') => parsed(text, (value) => typeof value === 'boolean')),
  STRINGTONULL: ofTexts(1, (text = '') => parsed(text, (value) => value === null)),
  STRINGTOARRAY: ofTexts(1, (text = '') => parsed(text, isArray)),
  STRINGTOOBJECT: ofTexts(1, (text = '') => parsed(text, isObject)),
  CONCAT: { atLeast: 2, atMost: 200, evaluate: concatenated },
  STRINGJOIN: taking(2, ([texts, separator]) => {
    if (!isArray(texts) || typeof separator !== 'string' || !texts.every(isText)) return undefined;
    return joined(texts.flatMap((text, index) => (index === 0 ? [text] : [separator, text])));
  }),
  LEFT: taking(2, ([text, count]) => part(text, 0, count)),
  RIGHT: taking(2, ([text, count]) =>
    typeof text === 'string' && typeof count === 'number' ? lastOf(text, count) : undefined,
  ),
  SUBSTRING: taking(3, ([text, start, count]) => part(text, start, count)),
  REPLICATE: taking(2, ([text, count]) => replicated(text, count)),
  INDEX_OF: {
    atLeast: 2,
    atMost: 3,
    evaluate: ([text, wanted, start = 0]) =>
      isText(text) && isText(wanted) && typeof start === 'number' ? text.indexOf(wanted, start) : undefined,
  },
  TOSTRING: taking(1, ([value]) => {
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : JSON.stringify(value);
  }),
};

const mostCopies = 10_000;

function isText(value: Value): value is string {
  return typeof value === 'string';
}

function concatenated(operands: readonly Value[]): Value {
  return operands.every(isText) ? joined(operands) : undefined;
}

function replaced(text: string, part: string, other: string): Value {
  return part === ''
    ? text
    : joined(text.split(part).flatMap((piece, index) => (index === 0 ? [piece] : [other, piece])));
}

function part(text: Value, start: Value, count: Value): Value {
  if (!isText(text) || typeof start !== 'number' || typeof count !== 'number') return undefined;
  return count <= 0 || start < 0 ? '' : text.slice(start, start + count);
}

function lastOf(text: string, count: number): string {
  return count <= 0 ? '' : text.slice(-count);
}

function replicated(text: Value, count: Value): Value {
  if (!isText(text) || typeof count !== 'number' || count < 0 || count > mostCopies) return undefined;
  return joined(Array.from({ length: Math.floor(count) }, () => text));
}

function parsed(text: string, isWanted: (value: Value) => boolean): Value {
  try {
    const value = JSON.parse(text) as Json;
    return isWanted(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
