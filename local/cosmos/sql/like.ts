type Part =
  { readonly kind: 'many' } | { readonly kind: 'one'; readonly accepts: (character: string) => boolean };

/** Turns a LIKE pattern into a test. Goes back at most to the last %, so that no pattern takes for ever. */
export function likeMatcher(pattern: string, escape?: string): (text: string) => boolean {
  const parts = partsOf([...pattern], escape);
  return (text) => matches([...text], parts);
}

function partsOf(pattern: readonly string[], escape: string | undefined): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    const next = pattern[index + 1];
    const close = character === '[' ? pattern.indexOf(']', index + 1) : -1;
    if (character === escape && next !== undefined) {
      parts.push(exactly(next));
      index++;
    } else if (character === '%') parts.push({ kind: 'many' });
    else if (character === '_') parts.push({ kind: 'one', accepts: () => true });
    else if (close > index) {
      parts.push({ kind: 'one', accepts: setOf(pattern.slice(index + 1, close)) });
      index = close;
    } else parts.push(exactly(character));
  }
  return parts;
}

function exactly(wanted: string): Part {
  return { kind: 'one', accepts: (character) => character === wanted };
}

/** `[abc]`, `[a-c]`, `[^a-c]`. */
function setOf(members: readonly string[]): (character: string) => boolean {
  const isNegated = members[0] === '^';
  const ranges: (readonly [string, string])[] = [];
  for (let index = isNegated ? 1 : 0; index < members.length; index++) {
    const from = members[index] ?? '';
    const isRange = members[index + 1] === '-' && members[index + 2] !== undefined;
    ranges.push([from, isRange ? (members[index + 2] ?? from) : from]);
    if (isRange) index += 2;
  }
  return (character) => ranges.some(([from, to]) => character >= from && character <= to) !== isNegated;
}

function matches(text: readonly string[], parts: readonly Part[]): boolean {
  let at = 0;
  let part = 0;
  let retry: { readonly part: number; at: number } | undefined;
  while (at < text.length) {
    const wanted = parts[part];
    if (wanted?.kind === 'many') {
      retry = { part: ++part, at };
    } else if (wanted?.accepts(text[at] ?? '') === true) {
      at++;
      part++;
    } else if (retry !== undefined) {
      at = ++retry.at;
      part = retry.part;
    } else return false;
  }
  return parts.slice(part).every(({ kind }) => kind === 'many');
}
