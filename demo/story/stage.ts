import type { Cloud } from '../../local/cloud';
import type { Azure } from '../azure';
import { digestOf, type Guest } from '../guest';
import type { ProtectedSite } from '../protected-site';
import type { Screen } from '../screen';

export const machine = 'web-01';

/** What every chapter of the story works with. */
export interface Stage {
  readonly screen: Screen;
  readonly cloud: Cloud;
  readonly site: ProtectedSite;
  readonly azure: Azure;
  readonly folder: string;
  /** Every machine that was started, so that all are ended. */
  readonly guests: Guest[];
  /** False from the first byte on that was not as it should be. */
  isRight: boolean;
}

/** What the disk held, and when: what a recovery point will be compared with. */
export interface Remembered {
  readonly afterWrites: number;
  readonly atMs: number;
  readonly content: Buffer;
}

export function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

type Side = readonly [name: string, content: Buffer];

/** Says whether two disks are the same, every byte. */
export function compare(stage: Stage, what: string, sides: readonly [Side, Side]): void {
  const [[, left], [, right]] = sides;
  const isSame = left.equals(right);
  stage.isRight &&= isSame;
  const sentence = `${what}: ${sides.map(([name, content]) => `${name} ${digestOf(content)}`).join(', ')} (sha-256)`;
  if (isSame) stage.screen.good(sentence);
  else stage.screen.bad(sentence);
}
