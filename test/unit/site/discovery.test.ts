import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discoverFrom } from '../../../agent/site/discovery/discover-from';
import { pushAgent } from '../../../agent/site/discovery/push-agent';
import { type Command, runCommand } from '../../../agent/site/provider/run-command';

it('B3: finds the machines of a libvirt host by what virsh prints', async () => {
  const printed: Readonly<Record<string, string>> = {
    list: 'f0f0\n\n',
    dominfo:
      'Id:             1\nName:           web\nState:          running\nCPU(s):         2\nMax memory:     1048576 KiB\n',
    domblklist:
      ' Type   Device   Target   Source\n------------\n file   disk     vda      /images/web one.qcow2\n file   cdrom    sda      -\n',
    domblkinfo: 'Capacity:       1073741824\nAllocation:     1\nPhysical:       1\n',
  };
  const run = ({ program, arguments: given }: Command): ReturnType<typeof runCommand> => {
    expect([program, ...given.slice(0, 3)]).toEqual(['virsh', '--connect', 'qemu:///system', '--readonly']);
    return Promise.resolve({ exitCode: 0, output: printed[given[3] ?? ''] ?? '', errors: '' });
  };
  expect(await discoverFrom('libvirt:qemu:///system', { run })()).toEqual([
    {
      ...{ machineId: 'f0f0', name: 'web', osType: 'Other', powerState: 'running', generation: '1' },
      ...{ memoryBytes: 1024 ** 3, processorCount: 2, nics: [] },
      disks: [{ diskId: 'vda', name: '/images/web one.qcow2', sizeBytes: 1024 ** 3, isBootDisk: true }],
    },
  ]);
});

it('B3: finds the machines of a vCenter, and ends its session', async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    'POST /api/session': 'a-session',
    'GET /api/vcenter/vm': [{ vm: 'vm-1', name: 'web', power_state: 'POWERED_ON' }],
    'GET /api/vcenter/vm/vm-1': {
      ...{ name: 'web', guest_OS: 'DEBIAN_12_64', instance_uuid: '5000', cpu: { count: 4 } },
      memory: { size_MiB: 2048 },
      disks: { '2000': { label: 'Hard disk 1', capacity: 4096 } },
      nics: { '4000': { mac_address: '00:50:56:00:00:01', backing: { network: 'network-7' } } },
    },
  };
  const server = createServer((request, response) => {
    const what = `${request.method} ${request.url}`;
    const { authorization, 'vmware-api-session-id': session } = request.headers;
    const isIn =
      what === 'POST /api/session' ? authorization === 'Basic cmVhZGVyOnNlY3JldA==' : session === 'a-session';
    asked.push(`${what} ${isIn}`);
    response.end(answers[what] === undefined ? '' : JSON.stringify(answers[what]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { run: runCommand, user: 'reader', password: 'secret' };
  expect(await discoverFrom(`vcenter:${url}`, options)()).toEqual([
    {
      ...{ machineId: '5000', name: 'web', osType: 'Linux', powerState: 'running', generation: '1' },
      ...{ memoryBytes: 2 * 1024 ** 3, processorCount: 4 },
      disks: [{ diskId: '2000', name: 'Hard disk 1', sizeBytes: 4096, isBootDisk: true }],
      nics: [{ nicId: '4000', networkId: 'network-7', macAddress: '00:50:56:00:00:01', addresses: [] }],
    },
  ]);
  server.close();
  expect(asked).toEqual([
    'POST /api/session true',
    'GET /api/vcenter/vm true',
    'GET /api/vcenter/vm/vm-1 true',
    'DELETE /api/session true',
  ]);
});

it('refuses a place to discover from that it does not know', () => {
  expect(() => discoverFrom('somewhere', { run: runCommand })).toThrow('libvirt:, vcenter: or folder:');
});

describe('pushing the agent', () => {
  let folder: string;
  let given: Command[];
  const run = (command: Command): ReturnType<typeof runCommand> => {
    given.push(command);
    return Promise.resolve({ exitCode: 0, output: '', errors: '' });
  };
  const push = (changes: object = {}): Parameters<typeof pushAgent>[1] => ({
    ...{ host: 'web.example', user: 'admin', port: 2222, keyFile: '/keys/id', knownHostsFile: '/keys/hosts' },
    ...{ archiveFile: join(folder, 'agent.tgz'), serviceUrl: 'https://service.example/' },
    ...{ token: 'a-registration-token-of-a-test', disks: ['/dev/vda:root', '/dev/vdb'] },
    ...changes,
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'push-'));
    writeFileSync(join(folder, 'agent.tgz'), 'an archive');
    given = [];
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('signs in by key to a known host alone, and starts what it brought', async () => {
    await pushAgent(run, push());
    expect(given).toHaveLength(3);
    for (const { program, arguments: all } of given) {
      expect([program, ...all.slice(0, -1)]).toEqual([
        ...['ssh', '-i', '/keys/id', '-p', '2222', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
        ...['-o', 'StrictHostKeyChecking=yes', '-o', 'UserKnownHostsFile=/keys/hosts'],
        ...['--', 'admin@web.example'],
      ]);
      expect(all.at(-1)).toMatch(/^sudo -n sh -c '/);
    }
    expect(given[0]?.input).toEqual(Buffer.from('an archive'));
    expect(given[2]?.input).toContain('--disk /dev/vda:root --disk /dev/vdb\n');
    expect(given[2]?.arguments.at(-1)).toContain('systemctl restart lifeboat-agent');
  });

  it('never shows the token to others of the machine', async () => {
    await pushAgent(run, push());
    expect(given.flatMap((command) => command.arguments).join(' ')).not.toContain('a-registration-token');
    expect(given[1]?.input).toContain('LIFEBOAT_TOKEN=a-registration-token-of-a-test\n');
    expect(given[1]?.arguments.at(-1)).toContain('umask 077');
  });

  it.each([
    { host: '-oProxyCommand=id' },
    { user: 'a b' },
    { disks: ['/dev/vda; id'] },
    { token: 'a-registration-token\nX=1' },
  ])('refuses what would be read as something else: %j', async (changes) => {
    await expect(pushAgent(run, push(changes))).rejects.toThrow();
    expect(given).toEqual([]);
  });
});
