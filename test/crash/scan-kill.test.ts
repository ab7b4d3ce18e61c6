import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentProcess } from '../support/agent-process';
import { eventually } from '../support/eventually';
import { ReferenceService } from '../support/reference-service';
import { SeededChance } from '../support/seeded-chance';

const kills = process.env['LIFEBOAT_LONG'] === undefined ? 4 : 60;
const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
const blockBytes = 64 * 1024;
const blocks = 256;
const diskSizeBytes = blocks * blockBytes;
const script = (snapshot: string): string => `#!/bin/sh
if [ "$1" = take ]; then cp "$2" ${snapshot} && echo ${snapshot}; else rm -f ${snapshot}; fi
`;

describe('an agent that is killed in the middle of its scans', () => {
  it(
    `loses no difference and never sends the disk again (${kills} kills, CRASH_SEED=${seed})`,
    async () => {
      const chance = new SeededChance(seed);
      const folder = mkdtempSync(join(tmpdir(), 'lifeboat-scan-kill-'));
      const service = await ReferenceService.start();
      const path = join(folder, 'disk');
      const snapshot = join(folder, 'snapshot');
      const hook = join(folder, 'hook.sh');
      const contents = [randomBytes(diskSizeBytes), randomBytes(diskSizeBytes)] as const;
      writeFileSync(path, contents[0]);
      writeFileSync(hook, script(snapshot));
      chmodSync(hook, 0o700);
      const agent = new AgentProcess({
        ...{ url: service.url, folder, disks: [], machineId: 'machine' },
        token: 'a-registration-token-of-a-test',
        arguments: ['--scan', `${path}:disk`, '--every', '1h', '--snapshot-hook', hook],
      });
      try {
        agent.start();
        const replicaId = await service.protect('machine', 'disk', diskSizeBytes);
        service.cutMarkers([replicaId], 1_000_000);
        const listed = async () =>
          (await service.replicas.points(replicaId)).filter(({ state }) => state === 'listed');
        await eventually(async () => (await listed()).length > 0, 60_000);
        const firstCopyUploads = service.uploads.length;

        let changed = 0;
        for (let kill = 0; kill < kills; kill += 1) {
          // Few blocks, each to what it is or to what it was before: nothing but the order of things tells them apart.
          const file = await open(path, 'r+');
          for (let count = 0; count < 4; count += 1, changed += 1) {
            const offset = Math.floor(chance.next() * 12) * 20 * blockBytes;
            const content = contents[chance.next() < 0.5 ? 0 : 1];
            await file.write(content, offset, blockBytes, offset);
          }
          await file.close();
          // The one that the agent before has left says nothing of this one.
          rmSync(snapshot, { force: true });
          // A pass may begin and end between two looks: it is asked for again.
          await eventually(() => {
            service.cutNow();
            return Promise.resolve(existsSync(snapshot));
          }, 60_000);
          await pause(Math.floor(chance.next() * 60));
          await agent.kill();
          agent.start();
        }

        const now = Date.now();
        const [last] = await eventually(async () => {
          const points = (await listed()).filter(({ cutTimeInMs }) => cutTimeInMs > now);
          return points.length > 0 && points;
        }, 60_000);
        const toReplicaId = randomUUID();
        const moment = { kind: 'point', pointId: last?.pointId ?? '' } as const;
        await service.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test' });
        const range = { offsetBytes: 0, lengthBytes: diskSizeBytes };
        const { data } = await service.ports.disks.open(toReplicaId).read(range);
        expect(Buffer.from(data).equals(readFileSync(path))).toBe(true);
        const sent = service.uploads.slice(firstCopyUploads);
        // What was being sent when it was killed is sent twice.
        expect(sent.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(
          2 * changed * (blockBytes + 8192),
        );
        expect(last?.position?.epoch).toBe(1);
      } finally {
        await agent.kill();
        await service.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000 + kills * 10_000,
  );
});
