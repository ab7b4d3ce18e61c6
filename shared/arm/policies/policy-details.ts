import { z } from 'zod';
import { LifeboatError } from '../../errors';
import { findScenario } from '../../model/scenarios';
import type { Limit, Scenario } from '../../model/scenarios/scenario';
import { parseResyncWindow } from '../../model/resync/resync-window';
import { parseBody } from '../../contracts/request-body';

/** How answers call what requests call otherwise. */
const renamed: Readonly<Record<string, string>> = {
  recoveryPointHistoryDuration: 'recoveryPointHistoryDurationInHours',
  replicaDeletion: 'replicaDeletionOption',
};

const hours = z
  .string()
  .refine((text) => parseResyncWindow(text) !== undefined, 'Hours of the day in UTC, as 18:30-06:00.')
  .nullish();

/** What is of our own is the same in every scenario. */
export const PolicyInput = z.looseObject({
  properties: z.looseObject({
    providerSpecificInput: z.looseObject({
      instanceType: z.string(),
      resyncWindow: hours,
      uploadLimitInBytesPerSecond: z.number().min(1).nullish(),
      uploadLimitWindow: hours,
    }),
  }),
});

/** The policy as answers show it: every limit of its scenario checked, every default filled in. */
export function policyDetails(
  input: z.infer<typeof PolicyInput>,
  before: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const given = input.properties.providerSpecificInput;
  const scenario = scenarioNamed(given.instanceType);
  if (typeof before['instanceType'] === 'string' && before['instanceType'] !== given.instanceType) {
    throw new LifeboatError('Conflict', `The policy is one of ${before['instanceType']}.`, {
      target: 'properties.providerSpecificInput.instanceType',
    });
  }
  const parsed: Record<string, unknown> = { ...parseBody(scenario.policyInput, given) };
  const details: Record<string, unknown> = { ...before, instanceType: given.instanceType };
  for (const [field, value] of Object.entries(parsed)) {
    if (value === null || value === undefined || field in scenario.policy) continue;
    Object.assign(details, inAnswers(field, value));
  }
  for (const [field, limit] of Object.entries(scenario.policy)) {
    const name = renamed[field] ?? field;
    details[name] = limited(field, limit, given[field] ?? before[name] ?? limit.default);
  }
  return details;
}

/** The scenario of this name, or a refusal. */
export function scenarioNamed(instanceType: string): Scenario {
  const scenario = findScenario(instanceType);
  if (scenario !== undefined) return scenario;
  throw new LifeboatError('UnsupportedScenario', `There is no scenario "${instanceType}".`, {
    target: 'instanceType',
  });
}

function inAnswers(field: string, value: unknown): Record<string, unknown> {
  if (field === 'storageAccounts' && Array.isArray(value))
    return { activeStorageAccountId: value[0] as unknown };
  if (field === 'multiVmSyncStatus')
    return { multiVmSyncStatus: value === 'Enable' ? 'Enabled' : 'Disabled' };
  return { [renamed[field] ?? field]: value };
}

function limited(field: string, limit: Limit, value: unknown): number {
  const target = `properties.providerSpecificInput.${field}`;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new LifeboatError('BadRequest', `${field} is a number of ${limit.unit}.`, { target });
  }
  if (value === 0 && limit.zeroTurnsOff === true) return value;
  if (limit.oneOf !== undefined && !limit.oneOf.includes(value)) {
    throw new LifeboatError('BadRequest', `${field} is one of ${limit.oneOf.join(', ')} ${limit.unit}.`, {
      target,
    });
  }
  if (value < limit.min || value > limit.max) {
    const off = limit.zeroTurnsOff === true ? ', or 0' : '';
    const range = `${Math.round(limit.min * 1000) / 1000} to ${limit.max} ${limit.unit}${off}`;
    throw new LifeboatError('BadRequest', `${field} is ${range}.`, { target });
  }
  return value;
}
