import { generateKeyPair } from 'jose';
import { operations } from '../../../shared/arm/table';
import { roleAllows } from '../../../shared/arm/identity/roles';
import { group, subscription, vault, vaultName, World } from '../../support/arm/world';

const values: Readonly<Record<string, string>> = {
  subscriptionId: subscription,
  resourceGroupName: group,
  resourceName: vaultName,
};

/** A path of the operation in our vault; what it names need not exist: who may not ask does not learn that. */
function pathOf(template: string): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'any');
}

describe('the authorization matrix', () => {
  let world: World;
  const callers = new Map<string, string | null>();

  beforeAll(async () => {
    world = await World.open();
    const other = `${vault}-two`;
    await world.ask('PUT', other, { body: { location: 'here', sku: { name: 'Standard' } } });
    for (const [name, principalId, at] of [
      ['one', 'contributor-there', other],
      ['two', 'reader-here', vault],
    ] as const) {
      const role = principalId.startsWith('contributor') ? 'Contributor' : 'Reader';
      const answer = await world.ask('PUT', `${at}/roleAssignments/${name}`, {
        body: { properties: { principalId, roleDefinitionId: role } },
      });
      expect(answer.status).toBe(200);
    }
    const { privateKey } = await generateKeyPair('EdDSA');
    const bearer = async (...claims: Parameters<World['issuer']['token']>): Promise<string> =>
      `Bearer ${await world.issuer.token(...claims)}`;
    callers.set('no token', null);
    callers.set('expired', await bearer({ roles: ['Owner'], expiresIn: -120 }));
    callers.set('wrong audience', await bearer({ roles: ['Owner'], audience: 'https://other.example' }));
    callers.set('wrong tenant', await bearer({ roles: ['Owner'], tenant: 'other' }));
    callers.set('Reader', await bearer({ roles: ['Reader'] }));
    callers.set('Operator', await bearer({ roles: ['Operator'] }));
    callers.set('Contributor', await bearer({ roles: ['Contributor'] }));
    callers.set('Contributor of another vault', await bearer({ objectId: 'contributor-there' }));
    callers.set('agent', await bearer({ key: privateKey, algorithm: 'EdDSA', roles: ['Owner'] }));
    callers.set('Reader by assignment', await bearer({ objectId: 'reader-here' }));
  });

  const unknown = ['no token', 'expired', 'wrong audience', 'wrong tenant', 'agent'];

  it('holds for every operation and every caller', async () => {
    const wrong: string[] = [];
    let checked = 0;
    // Removals last, so that what the earlier calls are about is still there.
    const ordered = operations.toSorted(
      (left, right) => Number(left.method === 'DELETE') - Number(right.method === 'DELETE'),
    );
    for (const operation of ordered) {
      for (const [caller, authorization] of callers) {
        const { status } = await world.ask(operation.method, pathOf(operation.path), {
          authorization,
          raw: '[]',
        });
        const isVaultless = !operation.path.includes('/vaults/{');
        const role = caller.startsWith('Reader') ? 'Reader' : caller;
        const mayDo =
          caller === 'Contributor of another vault'
            ? false
            : caller === 'Reader by assignment' && isVaultless
              ? false
              : roleAllows(role, operation.action);
        const expected = unknown.includes(caller) ? 401 : mayDo ? 'passed' : 403;
        const seen = status === 401 || status === 403 ? status : 'passed';
        checked++;
        if (seen !== expected) wrong.push(`${operation.name} by ${caller}: ${status}, not ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBe(operations.length * callers.size);
    expect(checked).toBeGreaterThanOrEqual((137 + 18) * 9);
  });

  it('reaches into bodies: an id of another vault needs the same right there', async () => {
    const authorization = `Bearer ${await world.issuer.token({ objectId: 'contributor-there' })}`;
    const answer = await world.ask('PUT', `${vault}-two/replicationRecoveryPlans/plan`, {
      authorization,
      body: {
        properties: {
          primaryFabricId: `${vault}/replicationFabrics/any`,
          recoveryFabricId: 'Microsoft Azure',
          groups: [{ groupType: 'Boot' }],
        },
      },
    });
    expect(answer.body.error.code).toBe('LinkedAuthorizationFailed');
  });

  it('shows only vaults that the caller may see', async () => {
    const authorization = `Bearer ${await world.issuer.token({ objectId: 'contributor-there', roles: [] })}`;
    const path = `/subscriptions/${subscription}/providers/Microsoft.RecoveryServices/vaults`;
    const answer = await world.ask('GET', path, { authorization });
    expect(answer.status).toBe(403);
  });
});
