import { z } from 'zod';
import { LifeboatError } from '../../errors';
import { isSameResource, vaultOf } from '../../model/resource-id';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { everyResource } from '../../service/catalogue/resources';
import { roleAllows } from './roles';
import type { Caller } from './tokens';

/** A role given to somebody for one vault. */
export const RoleAssignment = z.looseObject({
  principalId: z.string().min(1).max(200),
  roleDefinitionId: z.string().min(1).max(500),
});
export type RoleAssignment = z.infer<typeof RoleAssignment>;

export const roleAssignmentsType = 'roleAssignments';

/** Says whether a caller may do something in a vault; without a vault, whether he may anywhere. */
export interface Authority {
  mayDo(caller: Caller, action: string, vaultId: string | undefined): Promise<boolean>;
  /** What was learnt of a vault's role assignments is read again. */
  forget(vaultId: string): void;
}

const keptInMs = 5_000;

/** Roles from the token hold everywhere; those from role assignments in their vault. They are read again every 5 s. */
export function authority(records: Records, clock: Clock): Authority {
  const known = new Map<
    string,
    { readonly at: number; readonly assignments: Promise<readonly RoleAssignment[]> }
  >();

  function assignmentsOf(vaultId: string): Promise<readonly RoleAssignment[]> {
    const key = vaultId.toLowerCase();
    const kept = known.get(key);
    if (kept !== undefined && Math.abs(clock.now() - kept.at) < keptInMs) return kept.assignments;
    const assignments = readAssignments(records, vaultId);
    if (known.size > 10_000) known.clear();
    known.set(key, { at: clock.now(), assignments });
    assignments.catch(() => known.delete(key));
    return assignments;
  }

  return {
    mayDo: async (caller, action, vaultId) => {
      if (caller.roles.some((role) => roleAllows(role, action))) return true;
      if (vaultId === undefined) return false;
      const assignments = await assignmentsOf(vaultId);
      return assignments.some(
        ({ principalId, roleDefinitionId }) =>
          principalId.toLowerCase() === caller.objectId.toLowerCase() && roleAllows(roleDefinitionId, action),
      );
    },
    forget: (vaultId) => {
      known.delete(vaultId.toLowerCase());
    },
  };
}

async function readAssignments(records: Records, vaultId: string): Promise<readonly RoleAssignment[]> {
  const assignments: RoleAssignment[] = [];
  for await (const { resource } of everyResource(records, vaultId, roleAssignmentsType)) {
    assignments.push(RoleAssignment.parse(resource.properties));
  }
  return assignments;
}

/** Refuses a caller who may not do this here. */
export async function authorize(
  who: { readonly authority: Authority; readonly caller: Caller },
  action: string,
  vaultId: string | undefined,
): Promise<void> {
  if (await who.authority.mayDo(who.caller, action, vaultId)) return;
  throw new LifeboatError(
    'AuthorizationFailed',
    `"${who.caller.name}" may not perform "${action}" on "${vaultId ?? 'this installation'}".`,
  );
}

/** Refuses a body that names resources of other vaults, unless the caller may do the same there. */
export async function authorizeLinks(
  who: { readonly authority: Authority; readonly caller: Caller },
  { action, vaultId, body }: { action: string; vaultId: string; body: unknown },
): Promise<void> {
  for (const other of otherVaults(body, vaultId)) {
    if (await who.authority.mayDo(who.caller, action, other)) continue;
    throw new LifeboatError(
      'LinkedAuthorizationFailed',
      `"${who.caller.name}" may not perform "${action}" on "${other}".`,
      {
        target: other,
      },
    );
  }
}

function otherVaults(body: unknown, vaultId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open: unknown[] = [body];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') {
      const other = vaultOf(next);
      if (other !== undefined && !isSameResource(other, vaultId)) found.add(other);
    } else if (typeof next === 'object' && next !== null) {
      for (const value of Object.values(next)) if (value !== null && value !== undefined) open.push(value);
    }
  }
  return found;
}
