import type { Job } from '@azure/arm-recoveryservices-siterecovery';
import { isoTime } from '../output/plain-time';
import type { Column } from '../output/table';

/** A job, as the command line shows it. These fields are API: scripts query them. */
export interface JobView {
  readonly job: string;
  readonly name: string;
  readonly target: string;
  readonly state: string;
  readonly description: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly allowedActions: readonly string[];
  readonly tasks: readonly TaskView[];
  readonly errors: readonly JobErrorView[];
}

export interface TaskView {
  readonly task: string;
  readonly state: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
}

export interface JobErrorView {
  readonly code: string;
  readonly message: string;
  readonly causes: string;
  readonly action: string;
}

export const jobColumns: readonly Column[] = [
  { title: 'STARTED', field: 'startTime', kind: 'time' },
  { title: 'NAME', field: 'name' },
  { title: 'TARGET', field: 'target' },
  { title: 'STATE', field: 'state', kind: 'health' },
  { title: 'JOB', field: 'job' },
];

export function jobView({ name = '', properties }: Job): JobView {
  return {
    job: name,
    name: properties?.scenarioName ?? '',
    target: properties?.targetObjectName ?? '',
    state: properties?.state ?? '',
    description: properties?.stateDescription ?? '',
    startTime: isoTime(properties?.startTime) ?? null,
    endTime: isoTime(properties?.endTime) ?? null,
    allowedActions: properties?.allowedActions ?? [],
    tasks: (properties?.tasks ?? []).map((task) => ({
      task: task.friendlyName ?? task.name ?? '',
      state: task.stateDescription ?? task.state ?? '',
      startTime: isoTime(task.startTime) ?? null,
      endTime: isoTime(task.endTime) ?? null,
    })),
    errors: (properties?.errors ?? []).map(({ serviceErrorDetails: error }) => ({
      code: error?.code ?? '',
      message: error?.message ?? '',
      causes: error?.possibleCauses ?? '',
      action: error?.recommendedAction ?? '',
    })),
  };
}

export function hasEnded({ state }: JobView): boolean {
  return ['Succeeded', 'Failed', 'Cancelled', 'Other'].includes(state);
}
