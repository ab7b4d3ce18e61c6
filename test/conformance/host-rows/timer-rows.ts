import { strict as assert } from 'node:assert';
import { eventually } from '../../support/host/test-host';
import { type HostWorld, rowsOf } from './row';

interface SeenTimer {
  readonly isPastDue: boolean;
  readonly schedule: { readonly adjustForDST: boolean };
  readonly scheduleStatus: { readonly last: string; readonly next: string } | null;
}

const seen = async ({ host }: HostWorld, kind: string): Promise<SeenTimer[]> =>
  (await host.json(`/api/seen/${kind}`)) as SeenTimer[];

export const timerRows = rowsOf('Timer', {
  'an NCRONTAB schedule with seconds fires': async (world) => {
    await eventually(
      () => seen(world, 'everySecond'),
      (runs) => runs.length >= 2,
    );
  },
  'a schedule from a setting, runOnStartup, schedule status': async (world) => {
    const [first] = await eventually(
      () => seen(world, 'onStartup'),
      (runs) => runs.length >= 1,
    );
    assert.equal(first?.isPastDue, false);
    assert.match(first?.scheduleStatus?.next ?? '', /^20\d\d-(12-31|01-01)T/);
  },
  'no schedule status under a minute': async (world) => {
    const [first] = await eventually(
      () => seen(world, 'everySecond'),
      (runs) => runs.length >= 1,
    );
    assert.equal(first?.scheduleStatus, null);
  },
  'a retry policy, with its context': async ({ host }) => {
    const counts = await eventually(
      () => host.json('/api/seen/retried'),
      (runs) => Array.isArray(runs) && runs.length >= 3,
    );
    assert.deepEqual(counts, [{ count: 0 }, { count: 1 }, { count: 2 }]);
  },
});
