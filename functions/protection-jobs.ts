import { app } from 'durable-functions';
import { protectionActivities as activities } from '../orchestrations/activities/protection-activities';
import { disableProtection, purgeProtection } from '../orchestrations/disable-protection';
import type { Activity } from '../orchestrations/durable';
import { enableProtection } from '../orchestrations/enable-protection';
import { finalizeProtection } from '../orchestrations/finalize-protection';
import { itemJob } from '../orchestrations/item-job';
import { ItemJob } from '../shared/contracts/protection/item-job';
import { wiring } from '../shared/wiring';

function bind<I, O>(activity: Activity<I, O>, run: (input: I) => Promise<O>): void {
  app.activity(activity.name, { handler: (input) => run(activity.input.parse(input)) });
}

app.orchestration('enableProtection', enableProtection);
app.orchestration('finalizeProtection', finalizeProtection);
app.orchestration('disableProtection', disableProtection);
app.orchestration('purgeProtection', purgeProtection);
for (const name of ItemJob.shape.orchestration.options) app.orchestration(name, itemJob(name));

bind(activities.checkPrerequisites, (job) => wiring().protection().steps.checkPrerequisites(job));
bind(activities.createProtectionTarget, (job) => wiring().protection().steps.createProtectionTarget(job));
bind(activities.prepareAgent, (job) => wiring().protection().steps.prepareAgent(job));
bind(activities.enableReplication, (job) => wiring().protection().steps.enableReplication(job));
bind(activities.startInitialReplication, (job) => wiring().protection().steps.startInitialReplication(job));
bind(activities.updateServers, (job) => wiring().protection().steps.updateServers(job));
bind(activities.endEnable, (end) => wiring().protection().steps.endEnable(end));
bind(activities.finalizeItem, (job) => wiring().protection().steps.finalizeItem(job));
bind(activities.checkDisable, (job) => wiring().protection().steps.checkDisable(job));
bind(activities.stopReplication, (job) => wiring().protection().steps.stopReplication(job));
bind(activities.cleanUp, (job) => wiring().protection().steps.cleanUp(job));
bind(activities.endDisable, (end) => wiring().protection().steps.endDisable(end));
bind(activities.purge, (job) => wiring().protection().steps.purge(job));
bind(activities.runItemJob, (job) => wiring().protection().steps.runItemJob(job));
