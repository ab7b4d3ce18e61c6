import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDebianGuest } from '../../../bench/support/debian-guest';
import { buildGuest, type Guest, guestLacks, noteBytes } from '../../../bench/support/guest';
import { StackLife } from '../../support/failover/stack-life';
import type { StackMachine } from '../../support/failover/stack-machine';
import { targetGroup } from '../../support/failover/target-cloud';
import { quick } from '../../support/protection/site';
import { azureRegion } from '../../support/protection/site-options';
import { declarationWith } from '../../support/stack/declaration-with';

const provider = { instanceType: 'A2A' as const };
const megabyte = 1024 * 1024;

/** With LIFEBOAT_LONG a whole Debian, which takes a minute or two; otherwise a Linux that is up at once. */
const isLong = process.env['LIFEBOAT_LONG'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'guest-boots-'));
const { guest, lacks } = isLong ? openDebianGuest(folder) : openSmallGuest();

function openSmallGuest(): { readonly guest?: Guest; readonly lacks?: string } {
  const missing = guestLacks();
  return missing === undefined ? { guest: buildGuest(folder, 64 * megabyte) } : { lacks: missing };
}

afterAll(() => rmSync(folder, { recursive: true }));

(guest === undefined ? describe.skip : describe)(
  `${isLong ? 'a Debian machine' : 'a small machine'} (${lacks ?? 'everything it needs is here'})`,
  () => {
    const { disk = '', kernel = '', initrd = '', append = '', sizeBytes = 0, greeting = '' } = guest ?? {};
    let life: StackLife;
    let machine: StackMachine;

    beforeAll(async () => {
      life = await StackLife.open(azureRegion, (file) => {
        declarationWith(dirname(file), { BOOT_WAIT_SECONDS: '600' });
      });
      await life.cloud.administer('PUT', 'boot', { kernel, initrd, append });
      // What it holds where it is now, nobody asks: its agent has the disk.
      const machineId = await life.cloud.source('shop', life.inside.ports.disks, [Buffer.alloc(megabyte)]);
      machine = await life.machine({ name: 'shop', machineId, disks: [disk] });
      await life.site.enable('web', 'shop', {
        fabricObjectId: machineId,
        recoveryContainerId: `${life.site.vaultId}/replicationFabrics/other/replicationProtectionContainers/there`,
        ...{ recoveryResourceGroupId: targetGroup, recoveryAzureNetworkId: life.networkId },
        vmManagedDisks: [
          {
            ...{ diskId: 'disk0', primaryStagingAzureStorageAccountId: '/subscriptions/s/cache' },
            recoveryResourceGroupId: targetGroup,
          },
        ],
      });
      await life.site.reaches('web', 'Protected', 300_000);
    }, 600_000);

    afterAll(() => life.close(), 60_000);

    const note = (text: string): Promise<void> => {
      const bytes = Buffer.alloc(noteBytes);
      bytes.write(text);
      return machine.write(0, sizeBytes - noteBytes, bytes);
    };

    it('A9 boots from a recovery point, starts its service, and answers with what was written before that point', async () => {
      await note('open since Monday');
      const early = await life.point();
      await note('closed on Friday');
      await life.point();
      const properties = {
        ...{ failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' },
        providerSpecificDetails: { ...provider, recoveryPointId: `${life.itemId}/recoveryPoints/${early}` },
      };
      await life.items.beginTestFailoverAndWait(...life.at, { properties }, quick);

      const { machine: booted } = await life.recovered('test');
      expect(booted?.boot).toBe('booted');
      expect(booted?.consoleTail).toContain(`${greeting}: open since Monday`);
      await life.items.beginTestFailoverCleanupAndWait(...life.at, { properties: {} }, quick);
      expect(await life.made()).toEqual([]);
    }, 900_000);
  },
);
