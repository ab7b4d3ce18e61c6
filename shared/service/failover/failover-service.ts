import type { Recovery } from '../../contracts/catalogue/recovery';
import type { FailoverJob, FailoverStep, StepCall, StepEnd } from '../../contracts/jobs/failover-steps';
import type { JobOutcome } from '../../contracts/jobs/record';
import { writeEvidence } from '../evidence/write-evidence';
import { jobLedger } from '../jobs/job-ledger';
import { changeItem } from '../protection/item-records';
import { drainReplicas, fenceReplicas, sealSource } from './source/bring-last-writes';
import { checkFailover } from './check-failover';
import { choosePoint } from './choose-point';
import { checkCleanup, endTest, removeTest } from './clean-up-test';
import { adoptPoint, checkPointChange, removeOldTarget } from './change-point';
import {
  awaitReverseStream,
  checkFailback,
  startReverseStream,
  turnHome,
  turnToTarget,
} from './turn/come-back';
import { forgetRecoveries, type EndingJob } from './turn/forget-recoveries';
import { forgetUnused } from './turn/turn-between-sites';
import { checkReprotect, reverseItem } from './turn/reverse-item';
import { checkCommit, commitFailover, skipCommit } from './commit-failover';
import type { FailoverPorts } from './failover-ports';
import { makeTargetDisks, startTargetMachine } from './target/make-target';
import { recoveriesOf, slotOf } from './recovery-records';
import { releasePoint } from './target/remove-target';
import { runTaskStep, type WorkEnd } from './run-task-step';
import { shutDownSource, skipShutDown } from './source/stop-source';
import { cancelFailover, undoFailover } from './turn/undo-failover';

interface Step {
  readonly work: (ports: FailoverPorts, call: StepCall) => Promise<WorkEnd>;
  /** True while nothing has happened yet that an end of the job would not undo. */
  readonly mayCancel: boolean;
}

const early = (work: Step['work']): Step => ({ work, mayCancel: true });
const late = (work: Step['work']): Step => ({ work, mayCancel: false });

const steps: Readonly<Record<FailoverStep, Step>> = {
  checkFailover: early(checkFailover),
  shutDownSource: early(shutDownSource),
  skipShutDown: early(skipShutDown),
  sealSource: early(sealSource),
  drainReplicas: early(drainReplicas),
  fenceReplicas: early(fenceReplicas),
  choosePoint: early(choosePoint),
  makeTargetDisks: early(makeTargetDisks),
  startTargetMachine: late(startTargetMachine),
  writeEvidence: late(writeEvidence),
  undoFailover: late(undoFailover),
  checkCleanup: early(checkCleanup),
  endTest: late(endTest),
  removeTest: late(removeTest),
  checkCommit: early(checkCommit),
  makeFinal: late(commitFailover),
  checkPointChange: early(checkPointChange),
  removeOldTarget: late(removeOldTarget),
  adoptPoint: late(adoptPoint),
  takeBack: late(cancelFailover),
  checkFailback: early(checkFailback),
  turnToTarget: early(turnToTarget),
  startReverseStream: early(startReverseStream),
  awaitReverseStream: early(awaitReverseStream),
  turnHome: late(turnHome),
  skipCommit: early(skipCommit),
  checkReprotect: early(checkReprotect),
  reverseItem: late(reverseItem),
};

/** Failing over, step by step, as orchestrations call it. */
export interface FailoverService {
  perform(step: FailoverStep, call: StepCall): Promise<StepEnd>;
  finish(end: { readonly job: FailoverJob; readonly outcome: JobOutcome }): Promise<JobOutcome>;
  /** Takes away what failing over made for an item whose protection ends, but for the machine it runs on. */
  forget(job: EndingJob): Promise<void>;
}

export function failoverService(ports: FailoverPorts): FailoverService {
  return {
    perform: (step, call) => {
      const { work, mayCancel } = steps[step];
      return runTaskStep(ports, call, { mayCancel, work: () => work(ports, call) });
    },
    finish: (end) => finish(ports, end),
    forget: (job) => forgetRecoveries(ports, job),
  };
}

/** Ends the job: its point is let go, the item moves along its table, subscribers are told. Safe to repeat. */
async function finish(
  ports: FailoverPorts,
  { job, outcome }: { readonly job: FailoverJob; readonly outcome: JobOutcome },
): Promise<JobOutcome> {
  const item = await changeItem(ports.records, job.itemId, () => undefined);
  const recovery = item === undefined ? undefined : recoveriesOf(item)[slotOf(job)];
  if (recovery !== undefined) await releasePoint(ports, recovery, job.jobId);
  if (recovery?.machine !== undefined && outcome.state === 'Succeeded') await tell(ports, job, recovery);
  if (item !== undefined && outcome.state !== 'Succeeded') await forgetUnused(ports, job, item);
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcome);
  return outcome;
}

async function tell({ events, clock }: FailoverPorts, job: FailoverJob, recovery: Recovery): Promise<void> {
  const { jobId, kind, machine, moment } = recovery;
  if (jobId !== job.jobId) return;
  await events.publish({
    id: `failover-done/${jobId}`,
    type: 'lifeboat.failover.done',
    subject: job.itemId,
    timeInMs: clock.now(),
    data: { jobId, kind, machineId: machine?.id, boot: machine?.boot, moment },
  });
}
