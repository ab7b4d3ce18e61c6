import { present } from '../../assert';
import type { EvidenceReport } from '../../contracts/evidence/evidence-report';
import type { StepCall } from '../../contracts/jobs/failover-steps';
import type { Recovery } from '../../contracts/catalogue/recovery';
import type { JobRecord } from '../../contracts/jobs/record';
import { signEvidence } from '../../contracts/evidence/sign-evidence';
import { putResource } from '../catalogue/resources';
import type { FailoverPorts } from '../failover/failover-ports';
import { heldItem, recoveriesOf } from '../failover/recovery-records';
import { done, type WorkEnd } from '../failover/run-task-step';
import { jobLedger } from '../jobs/job-ledger';
import { digestOfDisk } from './digest-of-disk';
import { evidencePage } from './evidence-page';

const type = 'Microsoft.RecoveryServices/vaults/replicationEvidence';

/** Writes down what a failover has proved, signed, as JSON and as a page. The job's details say where. Safe to repeat. */
export async function writeEvidence(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const { test, real } = recoveriesOf(item);
  const recovery = [test, real].find((each) => each?.jobId === job.jobId);
  const ledger = jobLedger(ports.records, ports.clock);
  const record = await ledger.find(job);
  if (recovery?.machine === undefined || record === undefined) return done;
  const report: EvidenceReport = {
    ...{ version: 1, kind: recovery.kind, vaultId: job.vaultId, itemId: job.itemId, jobId: job.jobId },
    ...{ machine: item.friendlyName, scenario: item.scenario, requestedBy: record.requestedBy },
    reason: job.comments ?? '',
    ...(await findings(ports, recovery, { record, isOfPast: job.recoveryPointId !== undefined })),
  };
  const signed = signEvidence(report, await ports.evidenceKey());
  const id = `${job.vaultId}/replicationEvidence/${job.jobId}`;
  const properties = { ...signed, page: evidencePage(signed) };
  await putResource(ports.records, { id, name: job.jobId, type, properties });
  await ledger.annotate(job, ({ customDetails = {} }) => ({
    customDetails: { ...customDetails, evidenceId: id },
  }));
  return done;
}

type Findings = Omit<
  EvidenceReport,
  'version' | 'kind' | 'vaultId' | 'itemId' | 'jobId' | 'machine' | 'scenario' | 'requestedBy' | 'reason'
>;

async function findings(
  { disks, clock }: FailoverPorts,
  recovery: Recovery,
  { record, isOfPast }: { readonly record: JobRecord; readonly isOfPast: boolean },
): Promise<Findings> {
  const machine = present(recovery.machine, 'the recovered machine');
  const { id: machineId, name, boot, consoleTail, startedAtInMs } = machine;
  const seen = recovery.seenServiceTimeInMs;
  const requestedAtInMs = recovery.startedAtInMs;
  const proved: EvidenceReport['disks'] = [];
  for (const { copyId, sizeBytes, replicaId, position, chainHead, name: disk, ...told } of recovery.disks) {
    const targetSha256 = told.targetSha256 ?? (await digestOfDisk(disks, copyId, sizeBytes));
    proved.push({ name: disk, replicaId, sizeBytes, position, sourceChainHead: chainHead, targetSha256 });
  }
  return {
    point: {
      moment: present(recovery.moment, 'the moment that was recovered'),
      cutTimeInMs: recovery.cutTimeInMs ?? null,
      rpoInMs: isOfPast || seen === undefined ? null : Math.max(0, requestedAtInMs - seen),
    },
    disks: proved,
    ...{ rtoInMs: startedAtInMs - requestedAtInMs, requestedAtInMs, endedAtInMs: clock.now() },
    tasks: record.tasks.map((task) => ({
      ...{ name: task.friendlyName, state: task.state },
      ...{ startTimeInMs: task.startTimeInMs ?? null, endTimeInMs: task.endTimeInMs ?? null },
    })),
    source: recovery.source ?? 'running',
    target: { machineId, name, boot, consoleTail: consoleTail.slice(-4000) },
    remarks: recovery.remarks,
  };
}
