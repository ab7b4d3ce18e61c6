import { app } from 'durable-functions';
import { failoverActivities, finishFailover } from '../orchestrations/activities/failover-activities';
import * as failovers from '../orchestrations/failover';
import { failoverSteps } from '../shared/contracts/jobs/failover-steps';
import { wiring } from '../shared/wiring';

for (const [name, orchestration] of Object.entries(failovers)) app.orchestration(name, orchestration);

for (const step of failoverSteps) {
  const { input } = failoverActivities[step];
  app.activity(step, { handler: (call) => wiring().failover().perform(step, input.parse(call)) });
}

app.activity(finishFailover.name, {
  handler: (end) => wiring().failover().finish(finishFailover.input.parse(end)),
});
