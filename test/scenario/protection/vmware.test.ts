import { ownCards } from '../../../agent/command-line/own-cards';
import { findMachine } from '../../../shared/service/agents/known-machines';
import { finalizeJobs } from '../../support/protection/finalize-jobs';
import { Inside } from '../../support/protection/inside';
import { group, quick, Site } from '../../support/protection/site';
import { vmwareSite } from '../../support/protection/site-options';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let site: Site;
let inside: Inside;

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack, vmwareSite);
  inside = new Inside(stack);
}, 120_000);

afterAll(async () => {
  await site.close();
  await stack.stop();
}, 60_000);

interface Answer {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
}

/** What the service says of a step that comes too early, in a sentence for people. */
async function refusal(step: Promise<unknown>): Promise<string> {
  try {
    await step;
    return 'done';
  } catch (error) {
    const { statusCode, code, message } = error as Answer;
    return `${statusCode ?? ''} ${code ?? ''}: ${message.split('\n')[0] ?? ''}`.replaceAll(site.vaultId, '');
  }
}

/** B8: what each step needs of those before it is named, and nothing of it is done. */
async function expectRefusals(item: string): Promise<void> {
  const { client, vault, fabric, container } = site;
  const at = [vault, group, fabric, container] as const;
  const providerSpecificInput = { instanceType: 'InMageAzureV2' } as never;
  const mapping = (policy: string): Promise<unknown> =>
    client.replicationProtectionContainerMappings.beginCreateAndWait(
      ...at,
      'early',
      {
        properties: {
          ...{ targetProtectionContainerId: 'Microsoft Azure', providerSpecificInput },
          policyId: `${site.vaultId}/replicationPolicies/${policy}`,
        },
      },
      quick,
    );
  const enable = (policy: string): Promise<unknown> =>
    client.replicationProtectedItems.beginCreateAndWait(
      ...at,
      item,
      {
        properties: {
          policyId: `${site.vaultId}/replicationPolicies/${policy}`,
          protectableItemId: `${site.containerId}/replicationProtectableItems/none`,
          providerSpecificDetails: providerSpecificInput,
        },
      },
      quick,
    );
  const input = { failoverDirection: 'PrimaryToRecovery', networkType: 'NoNetworkAsInput' };
  const items = client.replicationProtectedItems;
  const testFailover = (): Promise<unknown> =>
    items.beginTestFailoverAndWait(...at, item, { properties: input }, quick);
  const deleteVault = (): Promise<unknown> => site.vaults.vaults.beginDeleteAndWait(group, vault, quick);
  expect({
    mapping: await refusal(mapping('none')),
    policy: await refusal(enable('none')),
    association: await refusal(enable('loose')),
    machine: await refusal(enable('policy')),
    testFailover: await refusal(testFailover()),
    vault: await refusal(deleteVault()),
  }).toEqual({
    mapping: '404 ParentNotFound: "replicationPolicies/none" could not be located: create it first.',
    policy: '404 ParentNotFound: "replicationPolicies/none" could not be located: create it first.',
    association:
      '409 Conflict: The policy "loose" is not associated with the container for InMageAzureV2: create a mapping first.',
    machine: '404 ParentNotFound: "replicationProtectableItems/none" could not be located: create it first.',
    testFailover: `404 NotFound: "${item}" could not be found.`,
    vault: '409 ResourceInUse: "" is used by "/replicationFabrics/site".',
  });
}

/** C1: a server that no hypervisor holds is asked for by its address, and protected by the same agent as any machine. */
async function protectPhysical(): Promise<void> {
  const { client, vault, fabric, container } = site;
  await client.replicationProtectionContainers.beginDiscoverProtectableItemAndWait(
    ...([vault, group, fabric, container] as const),
    { properties: { friendlyName: 'rack', ipAddress: '10.0.0.4', osType: 'Linux' } },
    quick,
  );
  const machine = await site.machine({ name: 'rack', isPhysical: true });
  await site.protect('rack', 'rack');
  const known = await findMachine(inside.ports.records, site.fabricId, machine.machineId);
  expect(known?.machine).toMatchObject({ name: 'rack', isPhysical: true, nics: ownCards() });
  expect(await finalizeJobs(site, 'rack')).toEqual(['IrCompletion']);
  await machine.write(0, 4096, Buffer.alloc(4096, 7));
  const [replica] = await inside.replicasOf(site.itemId('rack'));
  const point = await site.pointAfter('rack', Date.now());
  expect((await inside.contentAt(point, replica?.replicaId ?? '')).equals(machine.content(0))).toBe(true);
}

// One life, in order: what one step does, the next ones build on.
it('B8 C1 a physical server is protected in the documented order, and no other', async () => {
  await site.createPolicy('loose', vmwareSite.policy);
  await expectRefusals('rack');
  await protectPhysical();
  await site.disable('rack');
}, 600_000);
