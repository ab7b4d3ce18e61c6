import { isOpenNumber, positionOf, type Position } from '../position';
import type { JournalledLog } from '../target-names';

/** A stretch of the journal that something needs: the logs after an anchor, up to and with `untilSequence`. */
export interface Stretch {
  readonly epoch: number;
  readonly anchorSequence: number;
  readonly untilSequence: number;
}

export interface JournalUse {
  readonly logs: readonly JournalledLog[];
  /** The numbers of the disk's snapshots. */
  readonly snapshotNumbers: readonly number[];
  /** What points need, and what the points to come will. */
  readonly stretches: readonly Stretch[];
  /** How far back any second can be opened; 0 with the journal off. Measured from the newest log. */
  readonly windowInMs: number;
}

export interface JournalPlan {
  readonly isAnchor: (snapshotNumber: number) => boolean;
  readonly logsToRemove: readonly JournalledLog[];
}

/** Which snapshots and logs let any second of the window be opened, and which logs nothing needs any more. */
export function planJournal({ logs, snapshotNumbers, stretches, windowInMs }: JournalUse): JournalPlan {
  const newestInMs = logs.reduce((newest, { timeInMs }) => Math.max(newest, timeInMs), 0);
  const recent = windowInMs === 0 ? [] : logs.filter(({ timeInMs }) => timeInMs >= newestInMs - windowInMs);
  const anchors = snapshotNumbers.filter((number) => !isOpenNumber(number)).map(positionOf);
  const window = recent.flatMap((log) => stretchTo(log.position, anchors));
  const needed = [...stretches, ...window];
  const names = new Set(window.map(({ epoch, anchorSequence }) => `${epoch}/${anchorSequence}`));
  return {
    isAnchor: (number) => !isOpenNumber(number) && names.has(nameOf(positionOf(number))),
    logsToRemove: logs.filter(({ position }) => !needed.some((stretch) => isWithin(position, stretch))),
  };
}

/** From the nearest anchor before a log to the log; none where no anchor leads to it. */
function stretchTo({ epoch, sequence }: Position, anchors: readonly Position[]): readonly Stretch[] {
  const before = anchors.filter(
    (anchor) => anchor.epoch === epoch && anchor.sequence > 0 && anchor.sequence < sequence,
  );
  if (before.length === 0) return [];
  const anchorSequence = Math.max(...before.map((anchor) => anchor.sequence));
  return [{ epoch, anchorSequence, untilSequence: sequence }];
}

function isWithin({ epoch, sequence }: Position, stretch: Stretch): boolean {
  return epoch === stretch.epoch && sequence > stretch.anchorSequence && sequence <= stretch.untilSequence;
}

function nameOf({ epoch, sequence }: Position): string {
  return `${epoch}/${sequence}`;
}
