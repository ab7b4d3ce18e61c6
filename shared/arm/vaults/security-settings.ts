import { SecuritySettings } from '../../contracts/catalogue/soft-delete-settings';
import { LifeboatError } from '../../errors';

/**
 * What a vault's security settings become: what a request leaves out stays as it was. Soft delete that is always on stays on;
 * how long it keeps may change, for what is deleted from then on.
 */
export function changedSecurity(
  before: unknown,
  asked: SecuritySettings | null | undefined,
): SecuritySettings | undefined {
  const known = SecuritySettings.optional().parse(before);
  if (asked === null || asked === undefined) return known;
  const softDeleteSettings = { ...known?.softDeleteSettings, ...given(asked.softDeleteSettings ?? {}) };
  const isTakenBack =
    known?.softDeleteSettings?.softDeleteState === 'AlwaysON' &&
    softDeleteSettings.softDeleteState !== 'AlwaysON';
  if (isTakenBack) {
    throw new LifeboatError('OperationNotAllowed', 'Soft delete that is always on cannot be turned off.', {
      target: 'properties.securitySettings.softDeleteSettings.softDeleteState',
    });
  }
  return { ...known, ...given(asked), softDeleteSettings };
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}
