import { app } from 'durable-functions';
import { controlActivities } from '../orchestrations/activities/control-activities';
import { controlJob } from '../orchestrations/control-job';
import { wiring } from '../shared/wiring';

app.orchestration('controlJob', controlJob);

app.activity(controlActivities.runControlJob.name, {
  handler: (input) => wiring().runControlJob(controlActivities.runControlJob.input.parse(input)),
});
