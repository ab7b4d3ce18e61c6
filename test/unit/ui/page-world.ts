import { uiFace } from '../../../shared/ui/ui-face';
import { serveSecurely, type SecureServer } from '../../support/arm/secure-server';
import { vault } from '../../support/arm/world';
import { Harbour, rpoExceeded } from '../cli/harbour';

export interface PageWorld {
  readonly harbour: Harbour;
  readonly server: SecureServer;
  readonly address: string;
  close(): Promise<void>;
}

/** A vault whose API and page are served from one place, as the HTTP function serves them. */
export async function openPageWorld(): Promise<PageWorld> {
  const harbour = await Harbour.open();
  const page = uiFace('shared/ui/assets');
  const { world } = harbour;
  const both = Object.assign(Object.create(world) as typeof world, {
    api: ((request, jobs) =>
      /^\/ui(\/|$)/.test(new URL(request.url).pathname)
        ? page.handle(request)
        : world.api(request, jobs)) satisfies typeof world.api,
  });
  const server = await serveSecurely(both);
  return {
    harbour,
    server,
    address: `${server.endpoint}/ui#${vault}`,
    close: async () => {
      await server.stop();
      await harbour.close();
    },
  };
}

const hourInMs = 3_600_000;

/** Machines of all kinds: every 12th is Critical, every 5th behind. Points come every few minutes, with gaps. */
export async function fill(harbour: Harbour, count: number, nowInMs: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const isCritical = index % 12 === 7;
    const isBehind = index % 5 === 3;
    const id = await harbour.protect(`machine-${String(index + 1).padStart(4, '0')}`, {
      health: isCritical ? 'Critical' : isBehind ? 'Warning' : 'Normal',
      rpoInSeconds: isCritical ? 7_300 : isBehind ? 1_260 : 20 + index,
      healthErrors: isCritical ? [{ ...rpoExceeded, createdAtInMs: nowInMs - 2 * hourInMs }] : [],
      scenario: 'InMageRcm',
      instanceType: 'InMageRcm',
      disks: [0, 1].map((disk) => ({
        id: `disk-${disk}`,
        name: `disk-${disk}`,
        replicaId: '00000000-0000-4000-8000-000000000000',
        sizeBytes: 64 * 2 ** 30,
        copiedPercent: 100,
        pendingBytes: (isCritical ? 900 : index % 7) * 2 ** 20,
      })),
      churnBytesPerSecond: 4_000 * ((index % 9) + 1),
      ...(index % 3 === 0 ? { testFailedOverAtInMs: nowInMs - (index + 1) * 26 * hourInMs } : {}),
    });
    if (index < 12 || (isCritical && index < 250))
      await addPoints(harbour, id, { nowInMs, lastGapInMs: isCritical ? 2 * hourInMs : 60_000 });
  }
}

async function addPoints(
  harbour: Harbour,
  itemId: string,
  { nowInMs, lastGapInMs }: { nowInMs: number; lastGapInMs: number },
): Promise<void> {
  // Sixty points: 57 after 20 minutes and three after 70.
  let timeInMs = nowInMs - lastGapInMs - (57 * 20 + 3 * 70) * 60_000;
  for (let point = 0; point < 60; point++) {
    timeInMs += point % 17 === 11 ? 70 * 60_000 : 20 * 60_000;
    await harbour.seed(`${itemId}/recoveryPoints/point-${String(point).padStart(4, '0')}`, {
      timeInMs,
      kind: point % 6 === 0 ? 'ApplicationConsistent' : 'CrashConsistent',
      diskIds: [],
    });
  }
}
