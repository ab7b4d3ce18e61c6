import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AgentProcess } from '../support/agent-process';
import { eventually } from '../support/eventually';
import { ReferenceService } from '../support/reference-service';

const diskSizeBytes = 32 * 1024 * 1024;

/** What was built, under another version, in a place of its own. */
function newerBuild(folder: string): string {
  for (const part of ['agent', 'shared']) cpSync(join('dist', part), join(folder, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'agent', 'start-agent.js');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/agentVersion = '[\d.]+'/, "agentVersion = '99.0.0'"),
  );
  const program = join(folder, 'agent', 'main.js');
  expect(execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' })).toBe('99.0.0\n');
  return program;
}

// Being killed has tests of its own.
const signals =
  process.env['LIFEBOAT_LONG'] === undefined ? (['SIGTERM'] as const) : (['SIGTERM', 'SIGKILL'] as const);

it.each(signals)(
  'an agent whose old version gets %s in the middle of a copy goes on in the new one, and copies nothing again',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-upgrade-'));
    const service = await ReferenceService.start();
    const path = join(folder, 'disk');
    writeFileSync(path, randomBytes(diskSizeBytes));
    const options = {
      ...{ url: service.url, folder, disks: [`${path}:disk`], machineId: 'machine' },
      token: 'a-registration-token-of-a-test',
      // There is never room for all of the disk.
      arguments: ['--seal-at', String(1024 * 1024), '--spool-quota', String(diskSizeBytes / 4)],
    };
    const older = new AgentProcess(options);
    const newer = new AgentProcess({ ...options, program: newerBuild(join(folder, 'newer')) });
    // A log that had arrived without its bell having been rung is sent twice; it is the same log.
    const sentBytes = (): number => {
      const logs = new Map(service.uploads.map((bytes) => [bytes.toString('latin1', 0, 4096), bytes]));
      return [...logs.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    };
    try {
      // Nothing arrives after the first log.
      service.isUnreachable = (asked) => asked.startsWith('/cache') && service.uploads.length > 0;
      older.start();
      const replicaId = await service.protect('machine', 'disk', diskSizeBytes);
      service.cutMarkers([replicaId], 100_000);
      await eventually(() => Promise.resolve(sentBytes() > 0), 60_000);
      await older.kill(signal);
      expect(sentBytes()).toBeLessThan(0.9 * diskSizeBytes);

      service.isUnreachable = () => false;
      newer.start();
      const point = await eventually(async () => {
        const points = await service.replicas.points(replicaId, 1);
        return points.find(({ state }) => state === 'listed');
      }, 60_000);
      const { data } = await service.ports.disks
        .open(replicaId)
        .read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
      expect(Buffer.from(data).equals(readFileSync(path))).toBe(true);
      expect(point.position?.epoch).toBe(1);
      expect(service.members).toHaveLength(1);
      expect(sentBytes()).toBeLessThan(1.02 * diskSizeBytes);
    } finally {
      await Promise.all([older.kill(), newer.kill()]);
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
