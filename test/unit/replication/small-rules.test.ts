import fc from 'fast-check';
import { replicaOfBlobCreated } from '../../../shared/contracts/blob-created';
import { backOffInMs } from '../../../shared/model/back-off';
import { churnAfter } from '../../../shared/model/churn';
import { planJournal } from '../../../shared/model/points/journal-plan';
import { closedNumber } from '../../../shared/model/position';
import { isResyncCheaper } from '../../../shared/model/resync/resync-rule';
import { recoveryPointAgeInMs } from '../../../shared/model/points/rpo';
import {
  journalName,
  parseJournalName,
  parsePointerName,
  pointerName,
} from '../../../shared/model/target-names';

const replicaId = '0f0f0f0f-0000-4000-a000-000000000001';

describe('back-off', () => {
  it('waits 1, 2, 4, 8 and 10 minutes, then half an hour each time', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backOffInMs(failures) / 60_000);
    expect(minutes).toEqual([1, 2, 4, 8, 10, 30, 30, 30]);
  });
});

describe('the churn of a disk', () => {
  it('is not known before it was told twice, and then follows what is told', () => {
    expect(churnAfter(null, 5000, 0)).toBeUndefined();
    const first = churnAfter({ saidAtMs: 0 }, 50_000, 10_000);
    expect(first).toBe(5000);
    const fiveMinutesOfRest = { saidAtMs: 10_000, churnBytesPerSecond: first };
    expect(churnAfter(fiveMinutesOfRest, 0, 310_000)).toBe(2500);
    expect(churnAfter(fiveMinutesOfRest, 123, 10_000)).toBe(5000);
  });
});

describe('the RPO', () => {
  it('is never better than the real one, however wrong the clock of the agent', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e6), fc.nat(1e6), (seen, untilCut, sinceCut) => {
        const cut = seen + untilCut;
        const now = cut + sinceCut;
        expect(recoveryPointAgeInMs(now, { seenServiceTimeInMs: seen })).toBeGreaterThanOrEqual(now - cut);
      }),
    );
  });

  it('is unknown before the first point', () => {
    expect(recoveryPointAgeInMs(1000, null)).toBeUndefined();
  });
});

describe('the rule of half the disk', () => {
  it('finds comparing cheaper from half the disk on', () => {
    expect([49, 50, 51].map((waiting) => isResyncCheaper(waiting, 100))).toEqual([false, true, true]);
  });
});

describe('names in the target account', () => {
  it('say back what they were made of, and ascend as positions do', () => {
    const pointId = '11111111-2222-4333-8444-555555555555';
    const positions = [1, 2, 10].flatMap((epoch) =>
      [1, 9, 10, 2 ** 35].map((sequence) => ({ epoch, sequence })),
    );
    const pointers = positions.map((position) => pointerName(replicaId, position, pointId));
    expect(pointers.toSorted()).toEqual(pointers);
    expect(pointers.map(parsePointerName)).toEqual(positions.map((position) => ({ position, pointId })));
    const logs = positions.map((position) => ({ position, timeInMs: 1_700_000_000_000 }));
    expect(logs.map((log) => parseJournalName(journalName(replicaId, log)))).toEqual(logs);
  });
});

describe('the plan of the journal', () => {
  const logs = [1, 2, 3, 4, 5, 6].map((sequence) => ({
    position: { epoch: 1, sequence },
    timeInMs: sequence * 1000,
  }));
  const snapshotNumbers = [1, 4].map((sequence) => closedNumber({ epoch: 1, sequence }));

  it('keeps the way from the nearest snapshot to every log of the window', () => {
    const plan = planJournal({ logs, snapshotNumbers, stretches: [], windowInMs: 1000 });
    expect(plan.logsToRemove.map(({ position }) => position.sequence)).toEqual([1, 2, 3, 4]);
    expect(snapshotNumbers.map(plan.isAnchor)).toEqual([false, true]);
  });

  it('keeps what points stand on, and nothing else, once the journal is off', () => {
    const stretches = [{ epoch: 1, anchorSequence: 1, untilSequence: 3 }];
    const plan = planJournal({ logs, snapshotNumbers, stretches, windowInMs: 0 });
    expect(plan.logsToRemove.map(({ position }) => position.sequence)).toEqual([1, 4, 5, 6]);
    expect(snapshotNumbers.some(plan.isAnchor)).toBe(false);
  });
});

describe('an event of the cache account', () => {
  const subject = `/blobServices/default/containers/logs-${replicaId}-3/blobs/00000000007`;

  it('names the replica whose log arrived', () => {
    expect(replicaOfBlobCreated({ eventType: 'Microsoft.Storage.BlobCreated', subject })).toBe(replicaId);
  });

  it("is nobody's when it is of anything else", () => {
    expect(replicaOfBlobCreated({ eventType: 'Microsoft.Storage.BlobDeleted', subject })).toBeUndefined();
    expect(
      replicaOfBlobCreated({ eventType: 'Microsoft.Storage.BlobCreated', subject: '/containers/x/blobs/y' }),
    ).toBeUndefined();
    expect(replicaOfBlobCreated(undefined)).toBeUndefined();
  });
});
