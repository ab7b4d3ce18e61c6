import { planJob } from './plan-job';

export const planTestFailover = planJob('planTestFailover');
export const planTestFailoverCleanup = planJob('planTestFailoverCleanup');
export const planPlannedFailover = planJob('planPlannedFailover');
export const planUnplannedFailover = planJob('planUnplannedFailover');
export const planCommitFailover = planJob('planCommitFailover');
export const planReprotect = planJob('planReprotect');
export const planCancelFailover = planJob('planCancelFailover');
