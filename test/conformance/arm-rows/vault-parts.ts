import { all, passes, quick, type ArmRow } from './place';

export const vaultPartRows: readonly ArmRow[] = [
  passes('ReplicationAlertSettings_Create', 'keeps whom to tell', async ({ site, vault, group: rg }) => {
    const properties = { sendToOwners: 'Send', customEmailAddresses: ['a@example.com'], locale: 'en-GB' };
    await site.replicationAlertSettings.create(vault, rg, 'defaultAlertSetting', { properties });
    const found = await site.replicationAlertSettings.get(vault, rg, 'defaultAlertSetting');
    expect(found.properties).toMatchObject(properties);
  }),
  passes('ReplicationAlertSettings_Get', 'finds it', async ({ site, vault, group: rg }) => {
    expect(
      (await site.replicationAlertSettings.get(vault, rg, 'DEFAULTALERTSETTING')).properties?.locale,
    ).toBe('en-GB');
  }),
  passes('ReplicationAlertSettings_List', 'lists it', async ({ site, vault, group: rg }) => {
    expect(await all(site.replicationAlertSettings.list(vault, rg))).toHaveLength(1);
  }),
  passes(
    'ReplicationAppliances_List',
    'is empty where there are none',
    async ({ site, vault, group: rg }) => {
      expect(await all(site.replicationAppliances.list(vault, rg))).toEqual([]);
    },
  ),
  passes(
    'ReplicationEvents_List',
    'tells what jobs came to, newest first',
    async ({ site, vault, group: rg }) => {
      const filter = "eventType eq 'JobStatus' and severity eq 'OK'";
      const found = await all(site.replicationEvents.list(vault, rg, { filter }));
      expect(found.length).toBeGreaterThan(10);
      expect(found[0]?.properties?.eventSpecificDetails).toMatchObject({ instanceType: 'JobStatus' });
    },
  ),
  passes('ReplicationEvents_Get', 'shows one', async ({ site, vault, group: rg }) => {
    const [event] = await all(site.replicationEvents.list(vault, rg));
    expect((await site.replicationEvents.get(vault, rg, event?.name ?? '')).id).toBe(event?.id);
  }),
  passes('ReplicationEligibilityResultsOperations_List', 'answers in shape', async ({ site, group: rg }) => {
    const found = await site.replicationEligibilityResultsOperations.list(rg, 'web');
    expect(found.value?.[0]?.properties?.errors).toEqual([]);
  }),
  passes('ReplicationEligibilityResultsOperations_Get', 'answers in shape', async ({ site, group: rg }) => {
    expect((await site.replicationEligibilityResultsOperations.get(rg, 'web')).properties?.errors).toEqual(
      [],
    );
  }),
  passes('ReplicationProtectionIntents_Create', 'keeps an intent', async ({ site, vault, group: rg }) => {
    const made = await site.replicationProtectionIntents.create(vault, rg, 'soon', { properties: {} });
    expect(made.properties).toMatchObject({ isActive: true });
  }),
  passes('ReplicationProtectionIntents_Get', 'finds it', async ({ site, vault, group: rg }) => {
    expect((await site.replicationProtectionIntents.get(vault, rg, 'soon')).properties?.friendlyName).toBe(
      'soon',
    );
  }),
  passes('ReplicationProtectionIntents_List', 'lists it', async ({ site, vault, group: rg }) => {
    expect(await all(site.replicationProtectionIntents.list(vault, rg))).toHaveLength(1);
  }),
  passes('ReplicationVaultHealth_Get', 'counts what there is', async ({ site, vault, group: rg }) => {
    const { properties } = await site.replicationVaultHealth.get(vault, rg);
    expect(properties?.fabricsHealth).toMatchObject({
      resourceCount: 4,
      categorizedResourceCounts: { Normal: 4 },
    });
  }),
  passes('ReplicationVaultHealth_Refresh', 'counts anew', async ({ site, vault, group: rg }) => {
    const found = await site.replicationVaultHealth.beginRefreshAndWait(vault, rg, quick);
    expect(found.properties?.fabricsHealth?.resourceCount).toBe(4);
  }),
  passes('ReplicationVaultSetting_Create', 'keeps a setting', async ({ site, vault, group: rg }) => {
    const properties = { vmwareToAzureProviderType: 'Vmware' };
    await site.replicationVaultSetting.beginCreateAndWait(vault, rg, 'default', { properties }, quick);
    const found = await site.replicationVaultSetting.get(vault, rg, 'default');
    expect(found.properties?.vmwareToAzureProviderType).toBe('Vmware');
  }),
  passes('ReplicationVaultSetting_Get', 'finds it', async ({ site, vault, group: rg }) => {
    expect((await site.replicationVaultSetting.get(vault, rg, 'DEFAULT')).name).toBe('default');
  }),
  passes('ReplicationVaultSetting_List', 'lists it', async ({ site, vault, group: rg }) => {
    expect(await all(site.replicationVaultSetting.list(vault, rg))).toHaveLength(1);
  }),
  passes(
    'SupportedOperatingSystemsOperations_Get',
    'names systems by scenario',
    async ({ site, vault, group: rg }) => {
      const found = await site.supportedOperatingSystemsOperations.get(vault, rg, {
        instanceType: 'InMageRcm',
      });
      expect(found.properties?.supportedOsList?.[0]?.instanceType).toBe('InMageRcm');
    },
  ),
];
