import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { NbdClient } from '../../support/nbd-client';
import { ReferenceService } from '../../support/reference-service';
import { ServerProcess } from '../../support/site/server-process';
import { SiteAuthority } from '../../support/site/site-certificates';
import { startTestAgent } from '../../support/test-agent';

const sizeBytes = 2 * 1024 * 1024;
let folder: string;
let service: ReferenceService;
let authority: SiteAuthority;
let servers: ServerProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roles-'));
  service = await ReferenceService.start();
  authority = await SiteAuthority.create();
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function newServer(name: string, ...roles: string[]): Promise<ServerProcess> {
  const server = new ServerProcess({
    url: service.url,
    folder,
    name,
    roles,
    trust: await authority.issue(name),
  });
  servers.push(server);
  return server;
}

function waitingIn(server: ServerProcess): number {
  const relay = join(server.folder, 'state', 'relay');
  return readdirSync(relay, { recursive: true, encoding: 'utf8' }).filter((name) => /\/\d{11}/.test(name))
    .length;
}

it('B4: loses nothing while machines move between two process servers under load and each is killed in turn', async () => {
  const [first, second] = [
    await newServer('first', 'process-server'),
    await newServer('second', 'process-server'),
  ];
  const addresses = [await first.start('processServer'), await second.start('processServer')] as const;
  const path = join(folder, 'disk.raw');
  writeFileSync(path, randomBytes(sizeBytes));
  const replicaId = await service.protect('machine', 'disk0', sizeBytes);
  service.sendThrough(addresses[0]);
  const agent = await startTestAgent({
    ...{ url: service.url, folder, machineId: 'machine', paths: [path] },
    siteTrust: await authority.issue('machine'),
  });
  const replica = async (): Promise<Buffer> => {
    const { data } = await service.ports.disks
      .open(replicaId)
      .read({ offsetBytes: 0, lengthBytes: sizeBytes });
    return Buffer.from(data);
  };
  const guest = await NbdClient.connect(agent.nbd, 'disk0');
  const write = async (): Promise<void> => {
    for (let index = 0; index < 20; index += 1) await guest.write(index * 65_536, randomBytes(4096));
  };
  try {
    await eventually(async () => (await replica()).equals(readFileSync(path)));
    for (let round = 0; round < 4; round += 1) {
      const [here, there] = round % 2 === 0 ? [first, second] : [second, first];
      // What is taken in stays where it is, until it is lost.
      service.isUnreachable = (each) => each.endsWith('/grants');
      await write();
      await eventually(() => Promise.resolve(waitingIn(here) > 0));
      const writing = write();
      await here.kill();
      rmSync(join(here.folder, 'state', 'relay'), { recursive: true });
      service.isUnreachable = () => false;
      service.sendThrough(
        await (there === second && round === 0 ? addresses[1] : there.start('processServer')),
      );
      await writing;
      if (round % 2 === 0) continue;
      await eventually(async () => (await replica()).equals(readFileSync(path)), 60_000);
    }
    service.cutMarkers([replicaId], 200);
    const point = await eventually(async () => (await service.replicas.points(replicaId))[0], 60_000);
    expect(point.state).toBe('listed');
    expect((await replica()).equals(readFileSync(path))).toBe(true);
  } finally {
    guest.close();
    await agent.stop();
  }
});

it('B2: runs process server and master target as one program, or each as its own', async () => {
  const both = await newServer('both', 'process-server', 'master-target');
  const relay = await both.start('processServer');
  const [started = ''] = both.lines.filter((line) => line.includes('agent started'));
  expect(started).toMatch(/masterTarget=\{"host":"127\.0\.0\.1","port":\d+\}/);
  const alone = await newServer('alone', 'master-target');
  const target = await alone.start('masterTarget');
  expect(alone.lines.join('\n')).not.toContain('processServer');
  expect(new Set([relay.port, target.port]).size).toBe(2);
  await both.kill('SIGTERM');
  await eventually(() => Promise.resolve(both.lines.some((line) => line.includes('stopping'))));
});

it.each([
  [['process-server'], [], 'needs --site-authority'],
  [['provider'], [], 'needs --hypervisor'],
  [['mobility'], [], 'needs --disk'],
  [['mobility', 'master-target'], ['--disk', '/nowhere'], 'runs by itself'],
  [['captain'], [], 'A role is one of'],
])('says what is missing to play %j', async (roles, given, complaint) => {
  const agent = new AgentProcess({
    ...{ url: service.url, folder, disks: [], machineId: 'machine', token: 'a-registration-token-of-a-test' },
    arguments: [...roles.flatMap((role) => ['--role', role]), ...given],
  });
  agent.start();
  const said = await eventually(
    () => Promise.resolve(agent.lines.find((line) => line.includes(complaint))),
    60_000,
  );
  expect(said).toMatch(/^(lifeboat-agent|error): /);
});
