import type { DesiredTask } from '../../shared/contracts/agent/desired';
import { openRecoveryPoint, type OpenRecoveryPoint } from '../restore/open-recovery-point';
import { runScript } from './run-script';
import type { TaskHandler } from './tasks';

export interface MobilityTasks extends OpenRecoveryPoint {
  /** Recovery plans may run what lies in this folder, and nothing else. */
  readonly scriptsFolder?: string | undefined;
}

/** What every agent beside its own disks does when it is asked to. */
export function mobilityTasks(options: MobilityTasks): Partial<Record<DesiredTask['kind'], TaskHandler>> {
  return { openRecoveryPoint: openRecoveryPoint(options), runScript: runScript(options.scriptsFolder) };
}
