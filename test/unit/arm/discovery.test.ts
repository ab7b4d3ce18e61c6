import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { discoverFrom } from '../../../agent/site/discovery/discover-from';
import { Provider } from '../../../agent/site/provider/provider';
import { runCommand } from '../../../agent/site/provider/run-command';
import { DesiredState } from '../../../shared/contracts/agent/desired';
import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import { vault } from '../../support/arm/world';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

let world: ProtectionWorld;
afterEach(() => world.close());

interface Listed {
  readonly value: readonly { readonly name: string; readonly id: string; readonly properties: object }[];
}

async function list(path: string): Promise<Listed['value']> {
  return ((await world.ask('GET', path)).body as Listed).value;
}

async function show(path: string): Promise<Record<string, unknown>> {
  return ((await world.ask('GET', path)).body as { properties: Record<string, unknown> }).properties;
}

/** An agent of the fabric that has registered in this role. */
async function registered(name: string, role: 'provider' | 'mobility'): Promise<PaperAgent> {
  const agent = world.newAgent(name);
  const answer = await agent.call('POST', 'register', {
    ...{ token: await world.token(), publicKey: agent.key.publicKey, name, version: '1.0' },
    ...{ roles: [role], hostId: name },
  });
  agent.agentId = (answer.jsonBody as { agentId: string }).agentId;
  return agent;
}

describe('a vCenter server', () => {
  const center = '/replicationvCenters/vc';
  const answers: Readonly<Record<string, unknown>> = {
    'POST /api/session': 'a-session',
    'GET /api/vcenter/vm': [{ vm: 'vm-1', name: 'web', power_state: 'POWERED_ON' }],
    'GET /api/vcenter/vm/vm-1': {
      ...{ name: 'web', guest_OS: 'DEBIAN_12_64', instance_uuid: '5000' },
      disks: { '2000': { label: 'Hard disk 1', capacity: 4096 } },
    },
  };
  let server: Server;
  let provider: Provider;
  let looks: number;

  beforeEach(async () => {
    looks = 0;
    server = createServer((request, response) => {
      const what = `${request.method} ${request.url}`;
      if (what === 'GET /api/vcenter/vm') looks++;
      response.end(answers[what] === undefined ? '' : JSON.stringify(answers[what]));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = `vcenter:http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    world = await ProtectionWorld.open({ fabricKind: 'VMware', instanceType: 'InMageAzureV2' });
    const none = { machines: async () => [], networks: async () => [] } as unknown;
    provider = new Provider({
      hypervisor: none as ConstructorParameters<typeof Provider>[0]['hypervisor'],
      discover: discoverFrom(place, { run: runCommand, user: 'reader', password: 'secret' }),
      clock: world.replication.clock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  });

  afterEach(() => server.close());

  /** What the agent's loop does: reports, reads what is wanted, does it, reports what came of it. */
  async function round(agent: PaperAgent): Promise<number> {
    const say = async (taskResults: readonly object[]): Promise<void> => {
      const { report } = await provider.describe();
      const body = { version: '1.0', roles: ['provider'], replicas: [], ...report, taskResults };
      expect((await agent.call('POST', 'status', body)).status).toBe(200);
    };
    await say([]);
    const answer = await agent.call('GET', 'desired?waitInMs=0');
    const { tasks } = DesiredState.parse(answer.jsonBody);
    const results = [];
    const stopping = new AbortController().signal;
    for (const { taskId, kind, parameters } of tasks) {
      const output = await provider.taskHandlers[kind]?.(parameters, taskId, stopping);
      results.push({ taskId, outcome: 'succeeded', output });
    }
    await say(results);
    return tasks.length;
  }

  async function put(changes: object = {}): Promise<void> {
    const properties = { friendlyName: 'VC', ipAddress: '192.0.2.7', port: '443', ...changes };
    const { status } = await world.ask('PUT', `${world.fabricId}${center}`, { properties });
    expect(status).toBe(202);
  }

  it('B6: once it is registered its machines are found, and can be protected', async () => {
    const agent = await registered('scout', 'provider');
    expect([await round(agent), looks]).toEqual([0, 0]);
    const [container = ''] = await world.containers();
    expect(await list(`${container}/replicationProtectableItems`)).toEqual([]);

    await put();
    expect(await show(`${world.fabricId}${center}`)).toMatchObject({ discoveryStatus: 'Pending' });
    world.clock.advance(60_000);
    expect([await round(agent), looks]).toEqual([1, 1]);
    expect(await show(`${world.fabricId}${center}`)).toMatchObject({
      ...{ discoveryStatus: 'Completed', ipAddress: '192.0.2.7' },
      lastHeartbeat: new Date(world.clock.now()).toISOString(),
    });
    const [found, ...others] = await list(`${container}/replicationProtectableItems`);
    expect(others).toEqual([]);
    expect(found?.properties).toMatchObject({
      ...{ friendlyName: 'web', protectionStatus: 'Unprotected' },
      supportedReplicationProviders: expect.arrayContaining(['InMageAzureV2']) as unknown,
    });
    world.clock.advance(60_000);
    expect([await round(agent), looks]).toEqual([0, 1]);
  });

  it('B6: it is looked through again when it is another one, by the server it names', async () => {
    const [scout, other] = [await registered('scout', 'provider'), await registered('other', 'provider')];
    await put({ processServerId: 'scout' });
    world.clock.advance(60_000);
    expect([await round(other), await round(scout), await round(scout)]).toEqual([0, 1, 0]);
    await world.ask('PATCH', `${world.fabricId}${center}`, { properties: { port: '8443' } });
    expect(await show(`${world.fabricId}${center}`)).toMatchObject({ discoveryStatus: 'Pending' });
    world.clock.advance(60_000);
    expect([await round(other), await round(scout)]).toEqual([0, 1]);
    expect(looks).toBe(2);
  });

  it('B6: is one of the places that a refreshed provider looks through again', async () => {
    const [scout, other] = [await registered('scout', 'provider'), await registered('other', 'provider')];
    const servers = `${world.fabricId}/replicationRecoveryServicesProviders`;
    const { status } = await world.ask('POST', `${servers}/scout/refreshProvider`);
    expect(status).toBe(202);
    world.clock.advance(60_000);
    expect([await round(other), await round(scout), looks]).toEqual([0, 1, 1]);
    world.clock.advance(60_000);
    expect([await round(scout), looks]).toEqual([0, 1]);
  });
});

describe('a network of a VMM server', () => {
  const logicalNetwork = { networkId: 'logical-7', name: 'Production' };
  const target = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/rescue';

  async function report(agent: PaperAgent, link: object): Promise<void> {
    const machine = { ...(agent.machine() as ReportedMachine) };
    const nics = [{ nicId: 'nic-1', networkId: 'lan-1', addresses: [] }];
    const answer = await agent.call('POST', 'status', {
      ...{ version: '1.0', roles: ['provider'], machines: [{ ...machine, nics }], taskResults: [] },
      ...{ networks: [{ networkId: 'lan-1', name: 'LAN', subnets: [], ...link }], replicas: [] },
    });
    expect(answer.status).toBe(200);
  }

  async function lastJob(): Promise<Record<string, unknown>> {
    const jobs = await list(`${vault}/replicationJobs`);
    const job = jobs.find(
      ({ properties }) => (properties as { scenarioName: string }).scenarioName === 'EnableDr',
    );
    return show(job?.id ?? '');
  }

  it('D4: is named when its machine is to be protected and it is linked to no logical network', async () => {
    world = await ProtectionWorld.open({ fabricKind: 'VMM' });
    const agent = await registered('web', 'provider');
    await report(agent, {});
    await world.enable();
    const refused = await lastJob();
    expect(refused).toMatchObject({
      state: 'Failed',
      errors: [
        {
          serviceErrorDetails: {
            code: 'NetworkNotLinked',
            message: expect.stringMatching(/The network "LAN" that the machine is on/) as unknown,
          },
        },
      ],
    });
    expect((refused['tasks'] as { state: string }[])[0]?.state).toBe('Failed');
    expect((await world.item())?.state).toBe('EnableProtectionFailed');
    expect(await world.replication.disks.list()).toEqual([]);
  });

  it('D4: is mapped to a virtual network, and lets its machine be protected, once it is linked', async () => {
    world = await ProtectionWorld.open({ fabricKind: 'VMM' });
    const agent = await registered('web', 'provider');
    await report(agent, {});
    const [network] = await list(`${world.fabricId}/replicationNetworks`);
    const mapping = `${network?.id ?? ''}/replicationNetworkMappings/m`;
    const body = {
      properties: {
        recoveryNetworkId: target,
        fabricSpecificDetails: { instanceType: 'VmmToAzure' },
      },
    };
    expect((await world.ask('PUT', mapping, body)).status).toBe(409);

    await report(agent, { logicalNetwork });
    const [logical] = await list(`${world.fabricId}/replicationLogicalNetworks`);
    expect(logical?.properties).toEqual({ friendlyName: 'Production' });
    expect(await show(network?.id ?? '')).toMatchObject({ logicalNetworkId: logical?.id });
    expect((await world.ask('PUT', mapping, body)).status).toBe(202);
    expect(await show(mapping)).toMatchObject({ state: 'Paired', recoveryNetworkId: target });
    await world.enable();
    expect(await lastJob()).toMatchObject({ state: 'Succeeded' });
  });
});
