import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentStatus } from '../../../../agent/run/status-file';
import { eventually } from '../../../support/eventually';
import { ReferenceService } from '../../../support/reference-service';
import { startTestAgent } from '../../../support/test-agent';

const diskSizeBytes = 64 * 1024;
const never = 1_000_000_000;

describe('a scanned disk', () => {
  it('says that its group gets no point because of it, until it is taken out of the group', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-scan-group-'));
    const service = await ReferenceService.start();
    writeFileSync(join(folder, 'disk'), Buffer.alloc(diskSizeBytes, 1));
    let told: AgentStatus['replicas'] = [];
    const agent = await startTestAgent({
      ...{ url: service.url, folder, machineId: 'machine', paths: [join(folder, 'disk')] },
      scan: { everyInMs: never, hook: undefined, standsStill: true },
      onStatus: (replicas) => (told = replicas),
    });
    const problems = () => told.map(({ report }) => report.problem?.code);
    try {
      const replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
      const group = { groupId: randomUUID(), coordinator: '127.0.0.1', port: 9, members: service.members };
      const [own] = service.members;
      const other = { agentId: randomUUID(), publicKey: own?.publicKey ?? '' };
      service.group = { ...group, members: [other, ...service.members] };
      service.cutMarkers([replicaId], never);
      await eventually(() => Promise.resolve(problems()[0] === 'ScannedDiskInGroup'));
      service.group = undefined;
      service.cutMarkers([replicaId], never);
      await eventually(async () => {
        const points = await service.replicas.points(replicaId);
        return points.some(({ state }) => state === 'listed') && problems()[0] === undefined;
      });
      expect(problems()).toEqual([undefined]);
    } finally {
      await agent.stop();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
