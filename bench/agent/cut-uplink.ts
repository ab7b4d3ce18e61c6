import { setTimeout as pause } from 'node:timers/promises';
import { secondsOf, speedOf } from '../ingest/measure';
import { rawLimit } from '../ingest/raw-limit';
import type { Accounts } from '../ingest/replica';
import { freshBytes } from './changes';
import { emptyDisk } from './live';
import { row } from './print';
import { caughtUp, openBenchDisk, wrongBytes } from './protected-bench-disk';
import { Uplink } from './uplink';

const mebibyte = 1024 * 1024;
const diskBytes = 1024 * mebibyte;
const churnPerSecondBytes = mebibyte;
const writeBytes = 64 * 1024;
/** As fast as the churn is replayed. */
const replayBytesPerSecond = 64 * mebibyte;

/** The line to the cache is cut, so many minutes' churn is written, the line comes back: how long until a point stands? */
export async function cutUplink(accounts: Accounts, minutes: readonly number[]): Promise<void> {
  const cachePort = Number(new URL(accounts.cache.url).port);
  const uplink = await Uplink.open(cachePort);
  const disk = await openBenchDisk({ accounts, sizeBytes: diskBytes, make: emptyDisk });
  disk.service.uplinkPort = uplink.port;
  try {
    const replicaId = await disk.service.protect(diskBytes);
    await caughtUp(disk, replicaId);
    for (const each of minutes) {
      const churnBytes = each * 60 * churnPerSecondBytes;
      uplink.cut();
      for (let done = 0; done < churnBytes; done += replayBytesPerSecond / 4) {
        const slot = pause(250);
        for (let at = done; at < Math.min(churnBytes, done + replayBytesPerSecond / 4); at += writeBytes)
          await disk.guest.write(at % diskBytes, freshBytes(writeBytes));
        await slot;
      }
      uplink.isCut = false;
      const seconds = await secondsOf(() => caughtUp(disk, replicaId));
      const raw = await rawLimit(accounts.target, Math.min(churnBytes, 256 * mebibyte), 8);
      const share = ((100 * seconds) / (each * 60)).toFixed(1);
      row(
        `cut for ${each} min at ${churnPerSecondBytes / mebibyte} MiB/s`,
        `caught up in ${seconds.toFixed(1)} s (${share} % of the cut; ${(speedOf(churnBytes, seconds) / raw).toFixed(2)} of raw)`,
      );
    }
    row('resyncs, bytes wrong', `${disk.service.resyncs}, ${await wrongBytes(disk, replicaId)}`);
  } finally {
    uplink.close();
    await disk.stop();
  }
}
