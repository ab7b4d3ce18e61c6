import { randomBytes } from 'node:crypto';
import type { GroupEndpoint } from '../../../shared/contracts/agent/report';

/** What a scenario is set up with, in the API's words. */
export interface SiteOptions {
  readonly fabric?: string;
  readonly fabricKind: string;
  /** What this kind of fabric needs to be told of itself. */
  readonly fabricDetails?: Record<string, unknown>;
  readonly instanceType: string;
  /** It recovers to another fabric of its kind, called `other`. */
  readonly isToSite?: boolean;
  readonly policy: Record<string, unknown>;
}

export const hyperVSite: SiteOptions = {
  fabricKind: 'HyperVSite',
  instanceType: 'HyperVReplicaAzure',
  policy: { recoveryPointHistoryDuration: 4, replicationInterval: 30 },
};

export const azureRegion: SiteOptions = {
  fabricKind: 'Azure',
  instanceType: 'A2A',
  policy: {
    recoveryPointHistory: 1440,
    crashConsistentFrequencyInMinutes: 0.05,
    appConsistentFrequencyInMinutes: 0,
    multiVmSyncStatus: 'Disable',
  },
};

export const vmwareSite: SiteOptions = {
  fabricKind: 'VMware',
  instanceType: 'InMageAzureV2',
  policy: {
    recoveryPointHistory: 1440,
    crashConsistentFrequencyInMinutes: 0.02,
    multiVmSyncStatus: 'Enable',
  },
};

/** Half of it random, half of it zeros. */
export function sampleDisk(sizeBytes = 4 * 1024 * 1024): Buffer {
  return Buffer.concat([randomBytes(sizeBytes / 2), Buffer.alloc(sizeBytes / 2)]);
}

export interface MachineOptions {
  /** The platform's id of the machine; one is made up if none is given. */
  readonly machineId?: string;
  readonly name?: string;
  readonly disks?: readonly Buffer[];
  readonly sealIntervalInMs?: number;
  readonly groupEndpoint?: GroupEndpoint;
  /** Where it listens as the coordinator of a group, if not where it is called. */
  readonly groupListenAddress?: string;
  readonly isPhysical?: boolean;
}

/** What the agent of such a machine is told besides. */
export function agentArguments({ groupEndpoint, groupListenAddress, isPhysical }: MachineOptions): string[] {
  return [
    ...(groupEndpoint === undefined
      ? []
      : ['--group-announce', `${groupEndpoint.host}:${groupEndpoint.port}`]),
    ...(groupListenAddress === undefined ? [] : ['--group-listen', groupListenAddress]),
    ...(isPhysical === true ? ['--physical'] : []),
  ];
}
