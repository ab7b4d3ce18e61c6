import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentState } from '../../../agent/run/agent-state';
import { describeStatus } from '../../../agent/run/describe-status';
import { rotateKey } from '../../../agent/run/rotate-key';
import { readAgentStatus } from '../../../agent/run/status-file';
import { systemClock } from '../../../shared/system/system-clock';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

const diskSizeBytes = 1024 * 1024;

let folder: string;
let service: ReferenceService;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-life-'));
  service = await ReferenceService.start();
});

afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start() {
  const path = join(folder, 'disk');
  writeFileSync(path, Buffer.alloc(diskSizeBytes, 1));
  return startTestAgent({ url: service.url, folder, machineId: 'machine', paths: [path] });
}

const state = (): string => join(folder, 'state-machine');

describe('the life of an agent', () => {
  it('says how its disks stand, in words', async () => {
    expect(describeStatus(undefined, undefined, 0)[0]).toMatch('Not registered');
    const agent = await start();
    await service.protect('machine', 'disk0', diskSizeBytes);
    const status = await eventually(() => {
      const read = readAgentStatus(state());
      return Promise.resolve((read?.replicas[0]?.durableSequence ?? 0) > 0 ? read : undefined);
    });
    const text = describeStatus(new AgentState(state()).registered, status, status.atInMs + 4000).join('\n');
    expect(text).toMatch(`Agent    ${agent.agentId}`);
    expect(text).toMatch('Reported 4 s ago');
    expect(text).toMatch('Disk disk0: protected: every write is sent');
    expect(text).toMatch(/epoch 1: 1 logs sealed, 1 uploaded, 1 safe at the target/);
    const [disk] = status.replicas;
    const scan = { atInMs: status.atInMs, readBytes: diskSizeBytes, changedBytes: 0, isWhole: true };
    const scanned = { ...status, replicas: disk === undefined ? [] : [{ ...disk, scan }] };
    const ofScanned = describeStatus(new AgentState(state()).registered, scanned, status.atInMs).join('\n');
    expect(ofScanned).toMatch('Disk disk0: protected: what each pass finds changed is sent');
    await agent.stop();
  });

  it('says how often its disks come to a recovery point, and with whom', async () => {
    const agent = await start();
    const replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
    service.cutMarkers([replicaId], 300_000);
    const status = await eventually(() => {
      const read = readAgentStatus(state());
      return Promise.resolve(read?.markers.length === 1 && read.replicas.length === 1 ? read : undefined);
    });
    await agent.stop();
    const textOf = (change: object): string => {
      const markers = status.markers.map((each) => ({ ...each, ...change }));
      return describeStatus(new AgentState(state()).registered, { ...status, markers }, 0).join('\n');
    };
    expect(textOf({})).toMatch(/^Recovery points: every 5 min$/m);
    expect(textOf({ crashIntervalInMs: 1200, otherMachines: 1 })).toMatch(
      /^Recovery points: every 1.2 s, together with 1 other machine$/m,
    );
    expect(textOf({ appIntervalInMs: 14_400_000, otherMachines: 2 })).toMatch(
      /^Recovery points: every 5 min, application-consistent every 4 h, together with 2 other machines$/m,
    );
    const [disk] = status.replicas;
    const two = { ...status, replicas: disk === undefined ? [] : [disk, { ...disk, diskId: 'disk1' }] };
    expect(describeStatus(new AgentState(state()).registered, two, 0)).toContain(
      'Recovery points of disk0: every 5 min',
    );
  });

  it('reads what an agent of before left, which says nothing of recovery points', () => {
    mkdirSync(state(), { recursive: true });
    writeFileSync(join(state(), 'status.json'), '{"atInMs":1,"processId":2,"replicas":[]}');
    expect(readAgentStatus(state())).toEqual({ atInMs: 1, processId: 2, replicas: [], markers: [] });
  });

  it('changes its key only while it is stopped, and goes on with the new one', async () => {
    const agent = await start();
    const options = { stateFolder: state(), clock: systemClock };
    await expect(rotateKey(options)).rejects.toThrow('already uses');
    await agent.stop();
    const before = service.members;
    const publicKey = await rotateKey(options);
    expect(service.members).toEqual([{ agentId: agent.agentId, publicKey }]);
    expect(before[0]?.publicKey).not.toBe(publicKey);
    const again = await start();
    await service.protect('machine', 'disk0', diskSizeBytes);
    await eventually(() => Promise.resolve((again.disks[0]?.uploaded ?? 0) > 0));
    await again.stop();
  });
});
