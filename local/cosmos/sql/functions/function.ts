import type { Value } from '../../json';

export interface SqlFunction {
  readonly atLeast: number;
  readonly atMost: number;
  readonly evaluate: (operands: readonly Value[], nowInMs: number) => Value;
}

/** A function that takes exactly so many operands. */
export function taking(
  count: number,
  evaluate: (operands: readonly Value[], nowInMs: number) => Value,
): SqlFunction {
  return { atLeast: count, atMost: count, evaluate };
}

/** A function of texts: of anything else it makes nothing. */
export function ofTexts(count: number, evaluate: (...texts: readonly string[]) => Value): SqlFunction {
  return taking(count, (operands) =>
    operands.every((operand) => typeof operand === 'string') ? evaluate(...operands) : undefined,
  );
}

/** A test of two texts, the third operand of which may ask to ignore case. */
export function comparingTexts(holds: (text: string, other: string) => boolean): SqlFunction {
  return {
    atLeast: 2,
    atMost: 3,
    evaluate: ([text, other, ignoresCase = false]) => {
      if (typeof text !== 'string' || typeof other !== 'string') return undefined;
      if (typeof ignoresCase !== 'boolean') return undefined;
      return ignoresCase ? holds(text.toLowerCase(), other.toLowerCase()) : holds(text, other);
    },
  };
}
