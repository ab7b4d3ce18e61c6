import { z } from 'zod';
import { DisableProtection, EnableProtection, PlainItemJob } from '../../shared/contracts/jobs/item-jobs';
import { JobOutcome } from '../../shared/contracts/jobs/record';
import { FinalizeProtection, NextFinalize } from '../../shared/contracts/protection/finalize';
import { ItemJob } from '../../shared/contracts/protection/item-job';
import { AgentLook, StepOutcome } from '../../shared/contracts/protection/step';
import type { Activity } from '../durable';

const enableStep = (name: string): Activity<EnableProtection, StepOutcome> => {
  return { name, input: EnableProtection, output: StepOutcome };
};
const disableStep = (name: string): Activity<DisableProtection, StepOutcome> => {
  return { name, input: DisableProtection, output: StepOutcome };
};

const EnableEnd = z.object({ job: EnableProtection, outcome: JobOutcome });
const DisableEnd = z.object({ job: DisableProtection, outcome: JobOutcome });
const Stopping = z.object({ outcome: StepOutcome, awaitsAgent: z.boolean() });

/** What the orchestrations of protection call. Every one is safe to repeat after any part of it was done. */
export const protectionActivities = {
  checkPrerequisites: enableStep('checkPrerequisites'),
  createProtectionTarget: enableStep('createProtectionTarget'),
  /** An agent for the machine: installed where it can be, and looked for. */
  prepareAgent: {
    name: 'prepareAgent',
    input: EnableProtection,
    output: AgentLook,
  } satisfies Activity<EnableProtection, AgentLook>,
  enableReplication: enableStep('enableReplication'),
  startInitialReplication: enableStep('startInitialReplication'),
  updateServers: enableStep('updateServers'),
  endEnable: { name: 'endEnable', input: EnableEnd, output: JobOutcome } satisfies Activity<
    z.infer<typeof EnableEnd>,
    JobOutcome
  >,
  finalizeItem: {
    name: 'finalizeItem',
    input: FinalizeProtection,
    output: NextFinalize,
  } satisfies Activity<FinalizeProtection, FinalizeProtection | null>,
  checkDisable: disableStep('checkDisable'),
  stopReplication: {
    name: 'stopReplication',
    input: DisableProtection,
    output: Stopping,
  } satisfies Activity<DisableProtection, z.infer<typeof Stopping>>,
  cleanUp: disableStep('cleanUp'),
  endDisable: { name: 'endDisable', input: DisableEnd, output: JobOutcome } satisfies Activity<
    z.infer<typeof DisableEnd>,
    JobOutcome
  >,
  purge: { name: 'purge', input: PlainItemJob, output: JobOutcome } satisfies Activity<
    PlainItemJob,
    JobOutcome
  >,
  runItemJob: { name: 'runItemJob', input: ItemJob, output: JobOutcome } satisfies Activity<
    ItemJob,
    JobOutcome
  >,
};
