import fc from 'fast-check';
import {
  closedNumber,
  comparePositions,
  epochLimit,
  isOpenNumber,
  nextPosition,
  openNumber,
  positionOf,
  sequenceLimit,
} from '../../shared/model/position';

const positions = fc.record({
  epoch: fc.integer({ min: 1, max: epochLimit }),
  sequence: fc.integer({ min: 0, max: sequenceLimit - 1 }),
});

describe('a position as a sequence number', () => {
  it('comes back from its closed and from its open number', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(positionOf(closedNumber(position))).toEqual(position);
        expect(positionOf(openNumber(position))).toEqual(position);
      }),
    );
  });

  it('is even when closed, odd when open, and always safe', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(isOpenNumber(closedNumber(position))).toBe(false);
        expect(isOpenNumber(openNumber(position))).toBe(true);
        expect(Number.isSafeInteger(openNumber(position))).toBe(true);
      }),
    );
  });

  it('orders as positions order', () => {
    fc.assert(
      fc.property(positions, positions, (left, right) => {
        expect(Math.sign(closedNumber(left) - closedNumber(right))).toBe(
          Math.sign(comparePositions(left, right)),
        );
      }),
    );
  });

  it('opens between one log and the next', () => {
    const at = { epoch: 3, sequence: 7 };
    expect(openNumber(at)).toBe(closedNumber(at) + 1);
    expect(closedNumber(nextPosition(at))).toBe(openNumber(at) + 1);
  });

  it('refuses what is out of range', () => {
    expect(() => closedNumber({ epoch: epochLimit + 1, sequence: 0 })).toThrow('epoch');
    expect(() => closedNumber({ epoch: 1, sequence: sequenceLimit })).toThrow('sequence');
    expect(() => positionOf(-1)).toThrow('not a sequence number');
  });
});
