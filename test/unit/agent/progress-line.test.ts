import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { progressLine } from '../../../agent/command-line/progress-line';
import type { AgentStatus } from '../../../agent/run/status-file';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

const diskSizeBytes = 4 * 1024 * 1024;

describe('the progress of a copy', () => {
  it('is told report by report, as a bar for each disk, until every write is sent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-progress-'));
    const path = join(folder, 'disk');
    writeFileSync(path, randomBytes(diskSizeBytes));
    const service = await ReferenceService.start();
    const told: AgentStatus['replicas'][] = [];
    const agent = await startTestAgent({
      ...{ url: service.url, folder, machineId: 'machine', paths: [path] },
      onStatus: (replicas) => told.push(replicas),
    });
    await service.protect('machine', 'disk0', diskSizeBytes);
    await eventually(() => Promise.resolve(told.at(-1)?.[0]?.report.state === 'replicating'));
    await agent.stop();
    await service.stop();
    rmSync(folder, { recursive: true });

    const [last] = told.at(-1) ?? [];
    expect(last).toMatchObject({
      diskId: 'disk0',
      report: { copiedBytes: diskSizeBytes, toCopyBytes: diskSizeBytes },
    });
    expect(progressLine(last === undefined ? [] : [last])).toBe('');
    const halfWay = told.flat().map((each) => ({
      ...each,
      report: { ...each.report, state: 'copying' as const, copiedBytes: diskSizeBytes / 2 },
    }));
    expect(progressLine(halfWay.slice(-1))).toBe('\u001b[Kdisk0 [############............] 50 %\r');
  });

  it('is whole for a disk of which nothing has to be copied', () => {
    const report = {
      ...{ replicaId: '0b2e5a66-37f5-4e39-9d5c-0e3a4b1c9d10', epoch: 1, sealed: 0, uploaded: 0 },
      ...{ diskSizeBytes, copiedBytes: 0, toCopyBytes: 0, spooledBytes: 0, churnBytes: 0 },
      state: 'resyncing' as const,
    };
    const line = progressLine([{ diskId: 'data', report, durableSequence: 0, pendingBytes: 0 }]);
    expect(line).toContain(`data [${'#'.repeat(24)}] 100 %`);
  });
});
