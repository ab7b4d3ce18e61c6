import {
  cancelJob,
  exportJobs,
  ExportBody,
  readJob,
  restartJob,
  ResumeBody,
  resumeJob,
} from '../jobs/job-requests';
import { job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { Nothing } from './fabrics';

const all = `${vaultPath}/replicationJobs`;
const path = `${all}/{jobName}`;

export const jobOperations: readonly Operation[] = [
  list('ReplicationJobs_List', all, 0, {
    query: ['$filter'],
    listing: {
      type: 'replicationJobs',
      newestFirst: true,
      aliases: { jobStatus: 'state', jobName: 'scenarioName', affectedObjectTypes: 'targetInstanceType' },
    },
  }),
  // Before the job of any name: `export` is a verb of the collection.
  job('ReplicationJobs_Export', ['POST', `${all}/export`, 1], ExportBody, exportJobs),
  read('ReplicationJobs_Get', path, 0, readJob),
  job('ReplicationJobs_Cancel', ['POST', `${path}/cancel`, 0], Nothing, cancelJob),
  job('ReplicationJobs_Restart', ['POST', `${path}/restart`, 0], Nothing, restartJob),
  job('ReplicationJobs_Resume', ['POST', `${path}/resume`, 0], ResumeBody, resumeJob),
];
