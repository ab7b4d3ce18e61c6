import { assert } from '../assert';

/**
 * How far a replica disk has got, as the page blob's own sequence number says it.
 *
 * number = 2 x (epoch x 2^36 + sequence), plus 1 while the next log is being written. Even means closed: the disk
 * holds exactly the logs up to `sequence`. Odd means open: log `sequence + 1` is being written. Numbers stay below
 * 2^53, so plain arithmetic is exact; bit operators would cut them to 32 bits.
 */
export interface Position {
  /** 1 to 65,535. A new epoch starts with every (re)start of copying. */
  readonly epoch: number;
  /** 0 is the epoch's base: never a point. */
  readonly sequence: number;
}

export const sequenceLimit = 2 ** 36;
export const epochLimit = 65_535;

/** The sequence number of a disk closed at this position. */
export function closedNumber({ epoch, sequence }: Position): number {
  assert(Number.isInteger(epoch) && epoch >= 0 && epoch <= epochLimit, `epoch ${epoch} is out of range`);
  assert(
    Number.isInteger(sequence) && sequence >= 0 && sequence < sequenceLimit,
    `sequence ${sequence} is out of range`,
  );
  return 2 * (epoch * sequenceLimit + sequence);
}

/** The sequence number of a disk that is closed at this position but for the next log, which is being written. */
export function openNumber(position: Position): number {
  return closedNumber(position) + 1;
}

export function isOpenNumber(number: number): boolean {
  return number % 2 === 1;
}

/** The position whose closed or open number this is. */
export function positionOf(number: number): Position {
  assert(Number.isSafeInteger(number) && number >= 0, `${number} is not a sequence number`);
  const half = Math.floor(number / 2);
  return { epoch: Math.floor(half / sequenceLimit), sequence: half % sequenceLimit };
}

/** Negative, zero or positive, as `left` is before, at or after `right`. */
export function comparePositions(left: Position, right: Position): number {
  return left.epoch - right.epoch || left.sequence - right.sequence;
}

/** The position one log further on in the same epoch. */
export function nextPosition({ epoch, sequence }: Position): Position {
  return { epoch, sequence: sequence + 1 };
}
