import { all, passes, refuses, type ArmRow } from './place';

export const vaultRows: readonly ArmRow[] = [
  passes('Vaults_CreateOrUpdate', 'creates a vault that is there afterwards', async ({ vaults, group }) => {
    const made = await vaults.vaults.beginCreateOrUpdateAndWait(group, 'second', {
      location: 'westeurope',
      sku: { name: 'Standard' },
      properties: {},
    });
    expect(made).toMatchObject({
      name: 'second',
      location: 'westeurope',
      type: 'Microsoft.RecoveryServices/vaults',
    });
    expect((await vaults.vaults.get(group, 'second')).properties?.provisioningState).toBe('Succeeded');
  }),
  passes(
    'Vaults_Get',
    'finds it under any spelling, with its id in small letters',
    async ({ vaults, group }) => {
      const vault = await vaults.vaults.get(group.toUpperCase(), 'SECOND');
      expect(vault.id).toMatch(/^\/subscriptions\//);
      expect(vault.name).toBe('second');
    },
  ),
  passes('Vaults_Update', 'changes the tags', async ({ vaults, group }) => {
    await vaults.vaults.beginUpdateAndWait(group, 'second', { tags: { team: 'rescue' } });
    expect((await vaults.vaults.get(group, 'second')).tags).toEqual({ team: 'rescue' });
  }),
  passes('Vaults_ListByResourceGroup', 'lists the vaults of the group', async ({ vaults, group }) => {
    expect((await all(vaults.vaults.listByResourceGroup(group))).map(({ name }) => name)).toContain('second');
  }),
  passes('Vaults_ListBySubscriptionId', 'lists the vaults of the subscription', async ({ vaults }) => {
    expect((await all(vaults.vaults.listBySubscriptionId())).map(({ name }) => name)).toContain('second');
  }),
  passes('Vaults_Delete', 'removes it: it is not found afterwards', async ({ vaults, group }) => {
    await vaults.vaults.beginDeleteAndWait(group, 'second');
    await expect(vaults.vaults.get(group, 'second')).rejects.toMatchObject({ statusCode: 404 });
  }),
  passes('VaultExtendedInfo_Get', 'answers what PowerShell reads first', async ({ vaults, group, vault }) => {
    expect((await vaults.vaultExtendedInfo.get(group, vault)).algorithm).toBe('None');
  }),
  passes('VaultExtendedInfo_CreateOrUpdate', 'keeps what is written', async ({ vaults, group, vault }) => {
    await vaults.vaultExtendedInfo.createOrUpdate(group, vault, { integrityKey: 'key', algorithm: 'None' });
    expect((await vaults.vaultExtendedInfo.get(group, vault)).integrityKey).toBe('key');
  }),
  passes('VaultExtendedInfo_Update', 'changes it', async ({ vaults, group, vault }) => {
    await vaults.vaultExtendedInfo.update(group, vault, { integrityKey: 'other' });
    expect((await vaults.vaultExtendedInfo.get(group, vault)).integrityKey).toBe('other');
  }),
  passes('VaultCertificates_Create', 'takes a certificate', async ({ vaults, group, vault }) => {
    const made = await vaults.vaultCertificates.create(group, vault, 'mine', {
      properties: { authType: 'AAD', certificate: Buffer.from('certificate') },
    });
    expect(made).toMatchObject({ name: 'mine', properties: { authType: 'AzureActiveDirectory' } });
  }),
  passes('ReplicationUsages_List', 'counts what the vault holds', async ({ vaults, group, vault }) => {
    expect(await all(vaults.replicationUsages.list(group, vault))).toMatchObject([{ protectedItemCount: 0 }]);
  }),
  passes('Usages_ListByVaults', 'counts protected items', async ({ vaults, group, vault }) => {
    expect((await all(vaults.usages.listByVaults(group, vault)))[0]?.name?.value).toBe('ProtectedItems');
  }),
  passes('RecoveryServices_Operations_List', 'lists every action', async ({ vaults }) => {
    const actions = (await all(vaults.operations.list())).map(({ name }) => name);
    expect(actions).toContain('Microsoft.RecoveryServices/vaults/replicationFabrics/write');
  }),
  passes('Operations_List', 'lists every action', async ({ site, group }) => {
    expect((await all(site.operations.list(group))).length).toBeGreaterThan(80);
  }),
  passes(
    'RecoveryServices_CheckNameAvailability',
    'knows names that are taken',
    async ({ vaults, group, vault }) => {
      const check = (name: string): Promise<{ nameAvailable?: boolean }> =>
        vaults.recoveryServices.checkNameAvailability(group, 'westeurope', { name, type: 'x' });
      expect((await check(vault)).nameAvailable).toBe(false);
      expect((await check('somethingElse')).nameAvailable).toBe(true);
    },
  ),
  passes('RecoveryServices_Capabilities', 'answers in shape', async ({ vaults }) => {
    const answer = await vaults.recoveryServices.capabilities('westeurope', {
      type: 'Microsoft.RecoveryServices/vaults',
    });
    expect(answer.properties?.dnsZones).toEqual([]);
  }),
  passes('PrivateLinkResourcesOperations_List', 'is empty', async ({ vaults, group, vault }) => {
    expect(await all(vaults.privateLinkResourcesOperations.list(group, vault))).toEqual([]);
  }),
  refuses(
    'PrivateLinkResourcesOperations_Get',
    { status: 404, code: 'NotFound' },
    ({ vaults, group, vault }) => vaults.privateLinkResourcesOperations.get(group, vault, 'any'),
  ),
  passes('RegisteredIdentities_Delete', 'is content when there is none', async ({ vaults, group, vault }) => {
    await vaults.registeredIdentities.delete(group, vault, 'any');
    expect(await all(vaults.replicationUsages.list(group, vault))).toMatchObject([
      { registeredServersCount: 0 },
    ]);
  }),
];
