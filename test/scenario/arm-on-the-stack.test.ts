import { ClientSecretCredential } from '@azure/identity';
import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import { readFileSync } from 'node:fs';
import { eventually } from '../support/eventually';
import { type Stack, startStack } from '../support/stack';

describe('the Site Recovery API on the whole local cloud', () => {
  let stack: Stack;
  let site: SiteRecoveryManagementClient;
  let vaults: RecoveryServicesClient;
  const [group, vault] = ['rescue', 'harbour'];

  beforeAll(async () => {
    stack = await startStack();
    const { facts } = stack;
    const credential = new ClientSecretCredential(
      facts['identity.tenantId'] ?? '',
      facts['principal.owner.clientId'] ?? '',
      facts['principal.owner.secret'] ?? '',
      { authorityHost: facts['identity.endpoint'] ?? '', disableInstanceDiscovery: true },
    );
    const options = {
      endpoint: facts['host.secureEndpoint'] ?? '',
      credentialScopes: [`${facts['host.secureEndpoint'] ?? ''}/.default`],
      tlsOptions: { ca: readFileSync(facts['authority.file'] ?? '', 'utf8') },
    };
    site = new SiteRecoveryManagementClient(credential, 'subscription', options);
    vaults = new RecoveryServicesClient(credential, 'subscription', options);
  });

  afterAll(() => stack.stop());

  it('creates a site by a durable job, tells subscribers of its end, and keeps it when everything is killed', async () => {
    const quick = { updateIntervalInMs: 50 };
    await vaults.vaults.beginCreateOrUpdateAndWait(
      group,
      vault,
      { location: 'here', sku: { name: 'Standard' } },
      quick,
    );
    const fabric = await site.replicationFabrics.beginCreateAndWait(
      vault,
      group,
      'Site-1',
      { properties: { customDetails: { instanceType: 'HyperVSite' as 'Azure' } } },
      quick,
    );
    expect(fabric).toMatchObject({ name: 'Site-1', properties: { health: 'Normal' } });
    await eventually(async () => stack.lines.some((line) => line.includes('an event was delivered')));
    await stack.kill('host');
    await stack.kill('cosmos');
    const found = await site.replicationFabrics.get(vault, group, 'site-1');
    expect(found.id).toBe(fabric.id);
  });
});
