import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canBeAlone, LoneNetwork } from '../../support/agent/lone-network';
import { AgentProcess } from '../../support/agent-process';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';

const diskSizeBytes = 1024 * 1024;

/** The sockets that listen in the network of a process: a line each, in state 0A. */
function listening(pid: number): string[] {
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === '0A' || state === '07')
      .map(([, address = '']) => `${kind} ${address}`),
  );
}

/** Skipped, and so counted and named, where the system lets nobody have a network of one's own. */
const itAlone = canBeAlone ? it : it.skip;

itAlone(
  'A7 works in a network that nobody can call into, with no way out but to the service and its cache',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-alone-'));
    const service = await ReferenceService.start();
    const port = Number(new URL(service.url).port);
    const network = await LoneNetwork.open(folder, port);
    const path = join(folder, 'disk');
    writeFileSync(path, randomBytes(diskSizeBytes));
    const agent = new AgentProcess({
      ...{ url: service.url, folder, disks: [`${path}:disk`], machineId: 'machine' },
      ...{ token: 'a-registration-token-of-a-test', launcher: network.launcher },
    });
    try {
      agent.start();
      const replicaId = await service.protect('machine', 'disk', diskSizeBytes);
      service.cutMarkers([replicaId], 100_000);
      const guest = await agent.connect('disk');
      await guest.write(4096, randomBytes(8192));
      guest.close();
      const disk = service.ports.disks.open(replicaId);
      await eventually(async () => {
        const { data } = await disk.read({ offsetBytes: 0, lengthBytes: diskSizeBytes });
        return Buffer.from(data).equals(readFileSync(path));
      }, 60_000);
      await eventually(async () => (await service.replicas.points(replicaId, 1)).length > 0, 60_000);
      expect(network.calls).toBeGreaterThan(0);
      // It has a network of its own indeed, in which only the way out listens.
      expect(readlinkSync(`/proc/${agent.pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
      const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
      expect(listening(agent.pid)).toEqual([`tcp ${address}`]);
    } finally {
      await agent.kill();
      await network.close();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
