import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentState } from '../../../agent/run/agent-state';
import { describeStatus } from '../../../agent/run/describe-status';
import { readAgentStatus } from '../../../agent/run/status-file';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';

const diskSizeBytes = 1024 * 1024;
const nobody = 65534;

/** Root may everything: an agent that is to lose a permission runs as somebody else. */
const asNobody =
  process.getuid?.() === 0
    ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs']
    : [];
const [command = 'true', ...rest] = [...asNobody, 'true'];
const canBeNobody = spawnSync(command, rest).status === 0;

let folder: string;
let service: ReferenceService;
let agent: AgentProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-permission-'));
  service = await ReferenceService.start();
});

afterEach(async () => {
  await agent.kill();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Skipped, and so counted and named, where nobody else can be run as. */
const itAsNobody = canBeNobody ? it : it.skip;

itAsNobody(
  'an agent that may not write its state folder any more costs the guest nothing, says so, and catches up',
  async () => {
    const path = join(folder, 'disk');
    writeFileSync(path, randomBytes(diskSizeBytes));
    if (asNobody.length > 0) spawnSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
    agent = new AgentProcess({
      ...{ url: service.url, folder, disks: [`${path}:disk`], machineId: 'machine', launcher: asNobody },
      token: 'a-registration-token-of-a-test',
    });
    agent.start();
    const replicaId = await service.protect('machine', 'disk', diskSizeBytes);
    service.cutMarkers([replicaId], 1_000_000);
    const points = async () =>
      (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
    await eventually(async () => (await points()).length > 0, 60_000);
    const guest = await agent.connect('disk');
    const writeAll = async (): Promise<void> => {
      for (let offset = 0; offset < diskSizeBytes; offset += 32 * 1024)
        await guest.write(offset, randomBytes(32 * 1024));
    };
    const state = join(folder, 'state');
    const problemIn = (status: ReturnType<typeof readAgentStatus>) => status?.replicas[0]?.report.problem;
    const spool = join(state, 'disks', Buffer.from('disk').toString('base64url'), 'spool');

    chmodSync(spool, 0o500);
    await writeAll();
    const status = await eventually(() => {
      const read = readAgentStatus(state);
      return Promise.resolve(problemIn(read) === undefined ? undefined : read);
    }, 60_000);
    const told = problemIn(status);
    expect(told).toEqual({ code: 'AgentStateFailing', message: expect.stringContaining('EACCES') as string });
    const { registered } = new AgentState(state);
    expect(describeStatus(registered, status, 0)).toContain(`  ${told?.message}`);
    await writeAll();
    chmodSync(spool, 0o700);
    const before = (await points()).length;
    service.cutNow();
    const position = await eventually(async () => {
      const all = await points();
      return all.length > before ? all[0]?.position : undefined;
    }, 60_000);
    const { data } = await service.ports.disks
      .open(replicaId)
      .read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
    expect(Buffer.from(data).equals(readFileSync(path))).toBe(true);
    expect(position?.epoch).toBe(1);
    await eventually(() => Promise.resolve(problemIn(readAgentStatus(state)) === undefined), 60_000);
    guest.close();
  },
  240_000,
);
