import { execFile, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent } from '../../../agent/start-agent';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';
import { startTestAgent } from '../../support/test-agent';

const run = promisify(execFile);
const diskSizeBytes = 8 * 1024 * 1024;

/** Skipped, and so counted and named, where the tool is not installed. */
function itWith(tool: string): jest.It {
  return spawnSync(tool, ['--version']).error === undefined ? it : it.skip;
}

let folder: string;
let service: ReferenceService;
let agent: Agent;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-tools-'));
  service = await ReferenceService.start();
  writeFileSync(join(folder, 'disk'), randomBytes(diskSizeBytes));
  const paths = [join(folder, 'disk')];
  agent = await startTestAgent({ url: service.url, folder, machineId: 'machine', paths });
});

afterEach(async () => {
  await agent.stop();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

const address = (): string => `nbd://127.0.0.1:${'port' in agent.nbd ? agent.nbd.port : 0}/disk0`;
const diskNow = (): Buffer => readFileSync(join(folder, 'disk'));

describe('through the splitter', () => {
  itWith('qemu-io')('qemu-io reads back the patterns that it wrote, zeroed and discarded', async () => {
    const before = diskNow();
    const commands = [
      'write -P 7 4096 64k',
      'write -f -P 9 1M 3k',
      'write -z 2M 1M',
      'flush',
      'discard 4M 64k',
    ];
    const checks = ['read -P 7 4096 64k', 'read -P 9 1M 3k', 'read -P 0 2M 1M'];
    const { stdout } = await run('qemu-io', [
      ...['-f', 'raw', address()],
      ...[...commands, ...checks].flatMap((command) => ['-c', command]),
    ]);
    expect(stdout).not.toMatch(/failed/i);
    const expected = Buffer.from(before);
    expected
      .fill(7, 4096, 4096 + 65536)
      .fill(9, 1 << 20, (1 << 20) + 3072)
      .fill(0, 2 << 20, 3 << 20);
    expect(
      diskNow()
        .subarray(0, 4 << 20)
        .equals(expected.subarray(0, 4 << 20)),
    ).toBe(true);
  });

  itWith('qemu-img')('qemu-img finds the disk equal to the file behind it', async () => {
    const { stdout } = await run('qemu-img', [
      ...['compare', '-f', 'raw', '-F', 'raw'],
      ...[address(), join(folder, 'disk')],
    ]);
    expect(stdout).toMatch('identical');
  });

  itWith('fio')('fio finds every pattern where it wrote it, and the replica holds them all', async () => {
    const replicaId = await service.protect('machine', 'disk0', diskSizeBytes);
    await run('fio', [
      ...['--name=verify', '--ioengine=nbd', `--uri=${address()}`, '--rw=randwrite', '--bsrange=4k-64k'],
      ...[
        '--bs_unaligned=0',
        '--iodepth=8',
        `--size=${diskSizeBytes}`,
        '--verify=crc32c',
        '--verify_state_save=0',
        '--verify_fatal=1',
      ],
    ]);
    service.cutMarkers([replicaId], 1_000_000);
    const point = await eventually(async () =>
      (await service.replicas.points(replicaId)).find(({ state }) => state === 'listed'),
    );
    const toReplicaId = randomUUID();
    const moment = { kind: 'point', pointId: point.pointId } as const;
    await service.replicas.materialise({ moment, replicaId, toReplicaId, job: 'test' });
    const whole = { offsetBytes: 0, lengthBytes: diskSizeBytes };
    const { data } = await service.ports.disks.open(toReplicaId).read(whole);
    expect(diskNow().equals(data)).toBe(true);
  });

  itWith('nbdcopy')('nbdcopy writes a whole image and reads it back', async () => {
    const image = join(folder, 'image');
    writeFileSync(image, Buffer.concat([randomBytes(diskSizeBytes / 2), Buffer.alloc(diskSizeBytes / 2)]));
    await run('nbdcopy', [image, address()]);
    expect(diskNow().equals(readFileSync(image))).toBe(true);
    await run('nbdcopy', [address(), join(folder, 'back')]);
    expect(readFileSync(join(folder, 'back')).equals(readFileSync(image))).toBe(true);
  });
});
