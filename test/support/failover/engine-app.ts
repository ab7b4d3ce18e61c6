import { FinishFailover } from '../../../orchestrations/activities/failover-activities';
import { planActivities } from '../../../orchestrations/activities/plan-activities';
import { protectionActivities } from '../../../orchestrations/activities/protection-activities';
import { disableProtection, purgeProtection } from '../../../orchestrations/disable-protection';
import * as failovers from '../../../orchestrations/failover';
import { itemJob } from '../../../orchestrations/item-job';
import * as plans from '../../../orchestrations/plans';
import { StepCall, failoverSteps } from '../../../shared/contracts/jobs/failover-steps';
import type { FailoverService } from '../../../shared/service/failover/failover-service';
import type { PlanService } from '../../../shared/service/plans/plan-service';
import type { WiredProtection } from '../../../shared/wiring/protection';
import type { DurableApp } from '../durable/sdk';

/** The orchestrations of failing over and of plans, by the names that instances of theirs carry. */
export const failoverOrchestrations = { ...failovers, ...plans };

interface Services {
  readonly service: FailoverService;
  readonly plans: PlanService;
  readonly protection: WiredProtection;
}

type Run = (input: unknown) => Promise<unknown>;

/** What the durable engine of a test runs: shipped orchestrations over the real services. */
export function engineApp(world: Services): DurableApp {
  const steps = failoverSteps.map((step): [string, Run] => [
    step,
    (input) => world.service.perform(step, StepCall.parse(input)),
  ]);
  const planSteps = Object.values(planActivities).map(({ name, input: schema }): [string, Run] => [
    name,
    (input) => world.plans[name as keyof PlanService](schema.parse(input) as never),
  ]);
  return {
    orchestrators: {
      ...{ ...failoverOrchestrations, disableProtection, purgeProtection },
      updateProtectedItem: itemJob('updateProtectedItem'),
    },
    activities: {
      ...protectionSteps(world),
      ...Object.fromEntries([...steps, ...planSteps]),
      finishFailover: (input: unknown) => world.service.finish(FinishFailover.parse(input)),
    },
  };
}

/** What the jobs call that end protection, or change an item. */
function protectionSteps(world: Services): Record<string, Run> {
  const names = ['checkDisable', 'stopReplication', 'cleanUp', 'endDisable', 'purge', 'runItemJob'] as const;
  return Object.fromEntries(
    names.map((name): [string, Run] => [
      name,
      (input) => world.protection.steps[name](protectionActivities[name].input.parse(input) as never),
    ]),
  );
}
