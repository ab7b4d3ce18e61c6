import { createHash } from 'node:crypto';
import { verifyEvidence } from '../../../shared/contracts/evidence/sign-evidence';
import { readResource } from '../../../shared/service/catalogue/resources';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';

describe('the evidence of a failover', () => {
  let world: FailoverWorld;
  let machine: SimulatedMachine;

  beforeEach(async () => {
    world = await FailoverWorld.open();
    machine = await world.protect('HyperVReplicaAzure');
  });

  afterEach(() => world.close());

  async function evidenceOf(verb: string, properties: object): Promise<Record<string, unknown>> {
    const { customDetails } = await world.run(machine, verb, properties);
    const { resource } = (await readResource(world.records, String(customDetails?.['evidenceId']))) ?? {};
    return resource?.properties ?? {};
  }

  it('says what was proved, and cannot be changed without being found out', async () => {
    await world.point(machine);
    world.compute.cloud.bootVerdict = () => 'notBooted';
    const { page, ...signed } = await evidenceOf('plannedFailover', {
      comments: 'the quarterly drill',
      providerSpecificDetails: { instanceType: 'HyperVReplicaAzure' },
    });
    const verified = verifyEvidence(signed);
    if (!verified.isGenuine) throw new Error(verified.why);
    const { report, publicKey } = verified;
    expect(report).toMatchObject({
      ...{ kind: 'planned', machine: 'web', source: 'stopped', remarks: [] },
      ...{ requestedBy: 'caller', reason: 'the quarterly drill', target: { name: 'web', boot: 'notBooted' } },
    });
    expect(report.disks.map(({ targetSha256 }) => targetSha256)).toEqual(
      machine.disks.map(({ content }) => createHash('sha256').update(content).digest('hex')),
    );
    expect(report.disks.every(({ sourceChainHead }) => sourceChainHead !== null)).toBe(true);
    expect(report.rtoInMs).toBeGreaterThanOrEqual(0);
    expect(page).toContain('not booted');

    const text = JSON.stringify(signed);
    const changes = [
      text.replace('notBooted', 'booted'),
      text.replace('"rtoInMs":', '"rtoInMs":1'),
      text.replace('"machine":"web"', '"machine":"mail"'),
    ];
    for (const changed of changes) {
      expect(changed).not.toBe(text);
      expect(verifyEvidence(JSON.parse(changed))).toMatchObject({ isGenuine: false });
    }
    expect(verifyEvidence(signed, publicKey)).toMatchObject({ isGenuine: true });
    expect(
      verifyEvidence(
        signed,
        publicKey.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
      ),
    ).toEqual({
      isGenuine: false,
      why: 'The report was signed with another key.',
    });
    expect(verifyEvidence({ hello: 'world' })).toMatchObject({ isGenuine: false });
  });

  it('keeps what its page shows from being taken for markup', async () => {
    machine = await world.protect('InMageRcm', { name: 'web' });
    await world.changeItem(machine, { friendlyName: '<img src=x>' });
    await world.point(machine);
    const { page } = await evidenceOf('testFailover', {
      networkType: 'NoNetworkAsInput',
      providerSpecificDetails: { instanceType: 'InMageRcm' },
    });
    expect(page).toContain('&lt;img src=x&gt;');
    expect(page).not.toContain('<img');
  });
});
