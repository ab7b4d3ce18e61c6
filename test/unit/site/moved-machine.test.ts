import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../../../agent/start-agent';
import { KnownMachine } from '../../../shared/contracts/agents/known-machine';
import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import { machineKey } from '../../../shared/service/agents/known-machines';
import { noteSite } from '../../../shared/service/agents/note-site';
import { putResource } from '../../../shared/service/catalogue/resources';
import { vault } from '../../support/arm/world';
import { eventually } from '../../support/eventually';
import { MemoryRecords } from '../../support/memory-records';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

const mebibyte = 1024 * 1024;
const sizeBytes = 8 * mebibyte;
/** What hosts of a cluster see in common: the machine's disk, and what its agent keeps. */
let shared: string;
let path: string;
let service: ReferenceService;
let replicaId: string;

beforeEach(async () => {
  shared = mkdtempSync(join(tmpdir(), 'cluster-'));
  path = join(shared, 'disk.raw');
  writeFileSync(path, randomBytes(sizeBytes));
  service = await ReferenceService.start();
});

afterEach(async () => {
  await service.stop();
  rmSync(shared, { recursive: true });
});

function on(host: string, isMovable = true): Promise<Agent> {
  const options = { url: service.url, folder: shared, machineId: 'machine', paths: [path] };
  return startTestAgent({ ...options, bootId: host, isMovable });
}

async function write(agent: Agent, offsetBytes: number): Promise<void> {
  const guest = await NbdClient.connect(agent.nbd, 'disk0');
  await guest.write(offsetBytes, randomBytes(64 * 1024));
  guest.close();
}

async function isEqual(): Promise<boolean> {
  const replica = service.ports.disks.open(replicaId);
  const { data } = await replica.read({ offsetBytes: 0, lengthBytes: sizeBytes });
  return Buffer.from(data).equals(readFileSync(path));
}

const sentBytes = (): number => service.uploads.reduce((sum, { byteLength }) => sum + byteLength, 0);
const asked = (what: string): boolean => service.requests.some((request) => request.includes(what));

async function protectedOn(host: string, isMovable = true): Promise<Agent> {
  const agent = await on(host, isMovable);
  replicaId = await service.protect('machine', 'disk0', sizeBytes);
  await eventually(isEqual);
  return agent;
}

it('D2: a machine that moves to another host in mid-replication goes on there, with no resync and no copy', async () => {
  const first = await protectedOn('host a');
  const copiedBytes = sentBytes();
  service.isUnreachable = (request) => request.startsWith('/cache');
  for (const at of [1, 3, 5]) await write(first, at * mebibyte);
  await eventually(() => Promise.resolve((first.disks[0]?.spool.logs.length ?? 0) > 1));
  await first.stop();

  service.isUnreachable = () => false;
  const second = await on('host b');
  await write(second, 7 * mebibyte);
  await eventually(isEqual);
  expect((await service.replicas.read(replicaId))?.applied?.epoch).toBe(1);
  expect(asked('/digests') || asked('/epochs')).toBe(false);
  expect(sentBytes() - copiedBytes).toBeLessThan(mebibyte);
  expect(second.agentId).toBe(first.agentId);
  await second.stop();
});

it('is compared with its replica on the other host, and not copied, where nobody could hand it over', async () => {
  const first = await protectedOn('host a', false);
  const copiedBytes = sentBytes();
  await first.stop();
  const second = await on('host b');
  await write(second, 7 * mebibyte);
  await eventually(async () => (await service.replicas.read(replicaId))?.applied?.epoch === 2);
  await eventually(isEqual);
  expect(asked('/epochs')).toBe(true);
  expect(sentBytes() - copiedBytes).toBeLessThan(mebibyte);
  await second.stop();
});

it('D2: a machine is started and stopped by the host that it runs on now', async () => {
  const records = new MemoryRecords();
  const fabricId = `${vault}/replicationFabrics/f`;
  await putResource(records, {
    ...{ id: fabricId, name: 'f', type: 'Microsoft.RecoveryServices/vaults/replicationFabrics' },
    properties: {
      friendlyName: 'f',
      kind: 'HyperVSite',
      internalId: 'f',
      health: 'Normal',
      healthErrors: [],
      details: {},
    },
  });
  const machine: ReportedMachine = {
    ...{ machineId: 'machine', name: 'web', osType: 'Linux', powerState: 'running', generation: '1' },
    ...{ disks: [], nics: [] },
  };
  const reportedBy = (agentId: string, isHosted: boolean): Promise<void> => {
    const agent = {
      agentId,
      vaultId: 'v',
      fabricId,
      publicKey: '',
      name: agentId,
      roles: [],
      hostId: agentId,
    };
    const record = { ...agent, providerId: `${fabricId}/providers/${agentId}`, registeredAtMs: 0 };
    return noteSite({ records }, record, {
      machines: [isHosted ? { ...machine, isHosted } : machine],
      networks: [],
    });
  };
  const [reader, hostA, hostB] = [1, 2, 3].map((each) => `${each}0000000-0000-4000-a000-000000000000`) as [
    string,
    string,
    string,
  ];
  await reportedBy(reader, false);
  const hosts = [];
  for (const host of [hostA, hostB]) {
    await reportedBy(host, true);
    hosts.push(KnownMachine.parse((await records.get(machineKey('f', 'machine')))?.body));
  }
  expect(hosts).toMatchObject([
    { agentId: reader, hostAgentId: hostA },
    { agentId: reader, hostAgentId: hostB },
  ]);
});
