/**
 * npm run bench:failover: from the call of a test failover over the API until the guest's service answers, as a ratio to
 * a plain boot of the same disk from a raw file in the same run (G11).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainBoot } from './failover/plain-boot';
import { type FailoverTimes, ProtectedGuest } from './failover/protected-guest';
import { openDebianGuest } from './support/debian-guest';
import { buildGuest, type Guest, guestLacks } from './support/guest';

const megabyte = 1024 * 1024;
const rounds = 3;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-failover-'));
  try {
    const guest = openGuest(folder);
    if (guest !== undefined) await measure(folder, guest);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function openGuest(folder: string): Guest | undefined {
  const { guest, lacks } = openDebianGuest(folder);
  if (guest !== undefined) {
    console.log('G11  the guest is Debian, which starts a service; a customer in it says what that answers');
    return guest;
  }
  const missing = guestLacks();
  if (missing !== undefined) console.log(`G11  not measured: ${lacks}, and for a small guest ${missing}`);
  else console.log(`G11  the guest is a small one: ${lacks}`);
  return missing === undefined ? buildGuest(folder, 256 * megabyte) : undefined;
}

async function measure(folder: string, guest: Guest): Promise<void> {
  const place = await ProtectedGuest.open(folder, guest);
  try {
    // The first boot of all only warms the page cache.
    await plainBoot(guest);
    console.log(`     a plain boot of the raw file just before is 1; medians of ${rounds}`);
    say('nothing remembered', [await compared(place, guest)]);
    for (const delayInMs of [0, 20, 100]) {
      await place.delay(delayInMs);
      const ratios: Compared[] = [];
      for (let round = 0; round < rounds; round++) ratios.push(await compared(place, guest));
      say(`+${delayInMs} ms a read`, ratios);
    }
  } finally {
    await place.close();
  }
}

interface Compared extends FailoverTimes {
  readonly plainInMs: number;
}

/** Both within the same minute: a busy machine slows both. */
async function compared(place: ProtectedGuest, guest: Guest): Promise<Compared> {
  const plainInMs = await plainBoot(guest);
  return { plainInMs, ...(await place.failOver()) };
}

function say(what: string, all: readonly Compared[]): void {
  const ratio = middle(all.map(({ plainInMs, untilAnswerInMs }) => untilAnswerInMs / plainInMs));
  const seconds = (of: (one: Compared) => number): string => (middle(all.map(of)) / 1000).toFixed(1);
  const [plain, answer] = [seconds((one) => one.plainInMs), seconds((one) => one.untilAnswerInMs)];
  const start = seconds((one) => one.untilStartInMs);
  console.log(
    `     ${what}: ${ratio.toFixed(2)}   (${answer} s beside ${plain} s; the machine starts after ${start} s)`,
  );
}

function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
