import type { Marker } from '../../shared/model/change-log';
import type { OpenLog } from '../capture/open-log';
import type { ProtectedDisk } from '../replica/protected-disk';

export interface CutMarkerOptions {
  readonly disks: readonly ProtectedDisk[];
  readonly marker: Omit<Marker, 'cutTimeInMs' | 'seenServiceTimeInMs'>;
  /** The latest service time known before the cut, and the agent's own, both read while the disks are held. */
  readonly seenServiceTime: () => number;
  readonly now: () => number;
}

/** `scanned`: the disks were read and what has changed was sent, but they did not stand still for a marker. */
export type CutOutcome = 'cut' | 'inDoubt' | 'notKept' | 'scanned';

/**
 * Seals the open logs of all disks at one moment between writes, with the same marker. Not while any of the disks
 * is being copied or in doubt: its replica would not be what the source was.
 */
export async function cutMarker(options: CutMarkerOptions): Promise<CutOutcome> {
  return whileNoneIsSealing(options.disks, async () => {
    const held = await holdAndCut(options);
    if (held === undefined) return 'inDoubt';
    return (await sealCuts(held.cuts, held.marker)) ? 'cut' : 'notKept';
  });
}

/** An open log that was cut off its disk and is to be sealed. */
export type Cut = readonly [ProtectedDisk, OpenLog];

interface HeldCut {
  readonly marker: Marker;
  readonly cuts: readonly Cut[];
}

/** Seals what was cut, each disk for itself. It ends only when all have ended: a disk seals one log at a time. */
export async function sealCuts(cuts: readonly Cut[], marker: Marker): Promise<boolean> {
  const outcomes = await Promise.allSettled(cuts.map(([disk, log]) => disk.sealCut(log, marker)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value);
}

/** Holds every disk for the moment of the cut; they go on before anything is sealed. */
async function holdAndCut({
  disks,
  marker,
  seenServiceTime,
  now,
}: CutMarkerOptions): Promise<HeldCut | undefined> {
  try {
    await Promise.all(disks.map((disk) => disk.capture.hold()));
    if (disks.some((disk) => disk.isInDoubt)) return undefined;
    const whole = { ...marker, seenServiceTimeInMs: seenServiceTime(), cutTimeInMs: now() };
    return { marker: whole, cuts: disks.map((disk) => [disk, disk.capture.cut()] as const) };
  } finally {
    for (const disk of disks) disk.capture.release();
  }
}

/** Runs while no log of these disks is being sealed. */
export function whileNoneIsSealing<T>(disks: readonly ProtectedDisk[], work: () => Promise<T>): Promise<T> {
  return disks.reduceRight<() => Promise<T>>((inner, disk) => () => disk.whileNotSealing(inner), work)();
}
