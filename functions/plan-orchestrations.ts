import type { InvocationContext } from '@azure/functions';
import * as durable from 'durable-functions';
import { planActivities as activities } from '../orchestrations/activities/plan-activities';
import type { Activity } from '../orchestrations/durable';
import * as plans from '../orchestrations/plans';
import type { PlanService } from '../shared/service/plans/plan-service';
import { wiring } from '../shared/wiring';
import { durableJobs } from '../shared/wiring/durable-jobs';

for (const [name, orchestration] of Object.entries(plans)) durable.app.orchestration(name, orchestration);

function bind<I, O>(activity: Activity<I, O>, run: (plan: PlanService, input: I) => Promise<O>): void {
  durable.app.activity(activity.name, {
    extraInputs: [durable.input.durableClient()],
    handler: (input: unknown, context: InvocationContext) =>
      run(wiring().plans(durableJobs(() => durable.getClient(context))), activity.input.parse(input)),
  });
}

bind(activities.openPlan, (plan, call) => plan.openPlan(call));
bind(activities.startMembers, (plan, group) => plan.startMembers(group));
bind(activities.lookAtMembers, (plan, look) => plan.lookAtMembers(look));
bind(activities.markGroup, (plan, mark) => plan.markGroup(mark));
bind(activities.runPlanScript, (plan, call) => plan.runPlanScript(call));
bind(activities.finishPlan, (plan, end) => plan.finishPlan(end));
