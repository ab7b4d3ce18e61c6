import { armCompute, type ArmComputeOptions, type Compute } from '../azure/compute/arm-compute';
import { LifeboatError } from '../errors';
import type { Settings } from '../settings';

/** The target cloud that the settings name. */
export function wireCompute(settings: Settings, credential: ArmComputeOptions['credential']): Compute {
  const storageAccountId = settings.TARGET_STORAGE_ACCOUNT_ID;
  if (storageAccountId === undefined) {
    throw new LifeboatError('InvalidSettings', 'TARGET_STORAGE_ACCOUNT_ID is missing.');
  }
  return armCompute({
    endpoint: settings.ARM_ENDPOINT,
    credential,
    pollEveryInMs: settings.ARM_POLL_MILLISECONDS,
    replicaEndpoint: settings.TARGET_BLOB_ENDPOINT,
    storageAccountId,
  });
}
