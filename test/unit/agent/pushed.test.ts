import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { pushAgent } from '../../../agent/site/discovery/push-agent';
import { type RunCommand, runCommand } from '../../../agent/site/provider/run-command';
import { canBeFar, FarMachine } from '../../support/agent/far-machine';
import { canServeSsh, SshServer } from '../../support/agent/ssh-server';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';

const diskSizeBytes = 1024 * 1024;
const token = 'a-registration-token-of-a-test';

let folder: string;
let service: ReferenceService;
let far: FarMachine;
let byHand: AgentProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-pushed-'));
  service = await ReferenceService.start();
  far = new FarMachine(join(folder, 'far'));
  for (const name of ['pushed.raw', 'by-hand.raw'])
    writeFileSync(join(folder, name), randomBytes(diskSizeBytes));
  byHand = new AgentProcess({
    ...{
      url: service.url,
      folder,
      disks: [`${join(folder, 'by-hand.raw')}:disk`],
      machineId: 'by-hand',
      token,
    },
  });
});

afterEach(async () => {
  far.stop();
  await byHand.kill();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The agent as an archive: here its program leads to what was built. */
function archive(): string {
  const content = join(folder, 'archive');
  mkdirSync(join(content, 'bin'), { recursive: true });
  const program = join(content, 'bin', 'lifeboat-agent');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${resolve('dist/agent/main.js')} "$@"\n`);
  chmodSync(program, 0o755);
  execFileSync('tar', ['-czf', `${content}.tgz`, '-C', content, '.']);
  return `${content}.tgz`;
}

async function push(run: RunCommand, ssh?: SshServer): Promise<void> {
  await pushAgent(run, {
    ...{ host: '127.0.0.1', user: userInfo().username, port: ssh?.port ?? 22, archiveFile: archive() },
    ...{ keyFile: ssh?.keyFile ?? 'none', knownHostsFile: ssh?.knownHostsFile ?? 'none' },
    ...{ serviceUrl: service.url, token, disks: [`${join(folder, 'pushed.raw')}:disk`] },
  });
}

async function expectReplicated(machineId: string, name: string): Promise<void> {
  const replicaId = await service.protect(machineId, 'disk', diskSizeBytes);
  const disk = service.ports.disks.open(replicaId);
  await eventually(async () => {
    const { data } = await disk.read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
    return Buffer.from(data).equals(readFileSync(join(folder, name)));
  }, 60_000);
}

async function expectBoth(): Promise<void> {
  byHand.start();
  await eventually(() => Promise.resolve(service.members.length === 2), 60_000);
  expect(new Set(service.members.map(({ agentId }) => agentId)).size).toBe(2);
  await expectReplicated(hostname(), 'pushed.raw');
  await expectReplicated('by-hand', 'by-hand.raw');
  expect(far.log).toContain('agent started');
}

/** Skipped, and so counted and named, where the system does not let us have a far machine, or has no sshd. */
const itFar = canBeFar ? it : it.skip;
const itOverSsh = canBeFar && canServeSsh ? it : it.skip;

itFar(
  'B7 registers an agent that was pushed as well as one started by hand',
  async () => {
    await push(far.run);
    await expectBoth();
  },
  240_000,
);

itOverSsh(
  'B7 registers an agent that was pushed over a real ssh',
  async () => {
    const ssh = new SshServer(join(folder, 'ssh'));
    await ssh.start(far.enterFile);
    try {
      await push(runCommand, ssh);
      await expectBoth();
    } finally {
      await ssh.stop();
    }
  },
  240_000,
);
