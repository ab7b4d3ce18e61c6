import * as durable from 'durable-functions';
import { app } from '@azure/functions';
import { deletedItemActivities as activities } from '../orchestrations/activities/deleted-item-activities';
import { purgeDeletedItem, undeleteProtection } from '../orchestrations/deleted-items';
import type { Activity } from '../orchestrations/durable';
import { wiring } from '../shared/wiring';
import { durableJobs } from '../shared/wiring/durable-jobs';

function bind<I, O>(activity: Activity<I, O>, run: (input: I) => Promise<O>): void {
  durable.app.activity(activity.name, { handler: (input) => run(activity.input.parse(input)) });
}

durable.app.orchestration('undeleteProtection', undeleteProtection);
durable.app.orchestration('purgeDeletedItem', purgeDeletedItem);

bind(activities.checkUndelete, (job) => wiring().protection().steps.checkUndelete(job));
bind(activities.restoreProtection, (job) => wiring().protection().steps.restoreProtection(job));
bind(activities.endUndelete, (end) => wiring().protection().steps.endUndelete(end));
bind(activities.purgeDeleted, (job) => wiring().protection().steps.purgeDeleted(job));

/** Once a day, the deleted items whose time is over. */
app.timer('timerPurge', {
  schedule: '0 0 3 * * *',
  extraInputs: [durable.input.durableClient()],
  handler: async (_, context) => {
    const jobs = durableJobs(() => durable.getClient(context));
    const { purged, failures } = await wiring().protection().purgeDue(jobs);
    for (const { subject, error } of failures) context.error('a purge failed', { subject }, error);
    context.info('purged', { purged });
  },
});
