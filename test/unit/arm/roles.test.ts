import { operations } from '../../../shared/arm/table';
import { roleAllows, roles } from '../../../shared/arm/identity/roles';
import { vaultPath } from '../../../shared/arm/operations/define';
import matrix from './role-matrix.json';

/** What Site Recovery's own role definitions say of each operation; a row without any role is one they leave open. */
const named = ['Contributor', 'Operator', 'Reader'] as const;
const known = matrix.filter((row) => named.some((role) => row[role]));

function operationAt(method: string, path: string): (typeof operations)[number] | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/\{\w+\}/g, '{}');
  const wanted = plain(path.startsWith('/subscriptions') ? path : `${vaultPath}${path}`);
  return operations.find((operation) => operation.method === method && plain(operation.path) === wanted);
}

describe('the roles', () => {
  it('allow exactly what Site Recovery’s own definitions allow, where they say anything', () => {
    const wrong = known.flatMap((row) => {
      const operation = operationAt(row.method, row.path);
      const action = operation?.action ?? '';
      return named
        .filter((role) => operation === undefined || roleAllows(role, action) !== row[role])
        .map((role) => `${role} ${row.method} ${row.path} (${action})`);
    });
    expect(wrong).toEqual([]);
    expect(known).toHaveLength(117);
  });

  it('decide every row that those leave open: reading is for all, changing is not for readers', () => {
    const open = matrix.filter((row) => !named.some((role) => row[role]));
    expect(open).toHaveLength(20);
    for (const { method, path } of open) {
      const action = operationAt(method, path)?.action ?? '';
      expect([action, roleAllows('Contributor', action)]).toEqual([action, true]);
      if (method !== 'GET') expect([action, roleAllows('Reader', action)]).toEqual([action, false]);
    }
  });

  it('name an action for every operation, and no operation is allowed to nobody', () => {
    for (const { name, action } of operations) {
      expect([name, action]).toEqual([
        name,
        expect.stringMatching(/^Microsoft\.RecoveryServices\/.+\/(read|write|delete|action)$/),
      ]);
      expect([name, roleAllows('Owner', action)]).toEqual([name, true]);
    }
  });

  it('are found by name and by the id of Azure’s definition, and an unknown one allows nothing', () => {
    const action = 'Microsoft.RecoveryServices/vaults/replicationFabrics/read';
    expect(roleAllows('reader', action)).toBe(true);
    expect(roleAllows(`/providers/roleDefinitions/${roles['Reader']?.definitionId ?? ''}`, action)).toBe(
      true,
    );
    expect(roleAllows('Admin', action)).toBe(false);
    expect(roleAllows('', action)).toBe(false);
  });

  it('keep vaults and role assignments to owners', () => {
    for (const role of named) {
      expect(roleAllows(role, 'Microsoft.RecoveryServices/vaults/write')).toBe(false);
      expect(roleAllows(role, 'Microsoft.RecoveryServices/vaults/delete')).toBe(false);
      expect(roleAllows(role, 'Microsoft.RecoveryServices/vaults/roleAssignments/write')).toBe(false);
    }
  });
});
