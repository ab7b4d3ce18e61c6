import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDisk } from '../../../agent/disk/open-disk';
import { ProtectedDisk } from '../../../agent/replica/protected-disk';
import { AgentState } from '../../../agent/run/agent-state';
import { registerOnce } from '../../../agent/run/register-once';
import { ServiceClient } from '../../../agent/service/service-client';
import { Shipper } from '../../../agent/ship/shipper';
import { UploadPace } from '../../../agent/ship/upload-pace';
import { SpoolCipher } from '../../../agent/spool/spool-cipher';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { ReferenceService } from '../../support/reference-service';

const diskSizeBytes = 256 * 1024;
const logs = 12;
const never = new AbortController().signal;

let folder: string;
let service: ReferenceService;
let disk: ProtectedDisk;
let shipper: Shipper;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-shipper-'));
  service = await ReferenceService.start();
  const state = new AgentState(join(folder, 'state'));
  const [url, each] = [new URL(service.url), { clock: systemClock, ids: systemIds }];
  const agentId = await registerOnce(state, {
    ...{ ...each, url: service.url, token: 'a-registration-token-of-a-test', name: 'shop', hostId: 'shop' },
    ...{ version: '1', roles: ['mobility'] },
  });
  const client = new ServiceClient({ ...each, url, agentId, key: state.key() });
  await service.protect('shop', 'disk', diskSizeBytes);
  writeFileSync(join(folder, 'disk'), Buffer.alloc(diskSizeBytes));
  disk = await ProtectedDisk.open({
    ...{ disk: openDisk(join(folder, 'disk')), machineId: 'shop', diskId: 'disk' },
    ...{ folder: join(folder, 'replica'), cipher: new SpoolCipher(Buffer.alloc(32, 1)), bootId: 'boot' },
    ...{ spoolQuotaBytes: 2 ** 30, openLogLimitBytes: 2 ** 30, sealAtBytes: 2 ** 30, clock: systemClock },
    onSealDue: () => undefined,
  });
  const [wish] = (await client.desired(undefined, 0, never))?.state.replicas ?? [];
  if (wish === undefined) throw new Error('nothing is wanted');
  await disk.follow(wish, 0);
  for (let log = 0; log < logs; log += 1) {
    await disk.capture.write(log * 512, [randomBytes(512)], 512);
    await disk.seal();
  }
  const pace = new UploadPace(systemClock, () => undefined);
  shipper = new Shipper({ disk, service: client, pace, clock: systemClock, onTold: () => undefined });
});

afterEach(async () => {
  disk.close();
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** The logs that were sent, by number; a further try of one has its own after a dot. */
const sent = (): string[] =>
  service.requests.flatMap((each) => /^PUT .*\/0*(\d+[^?]*)\?/.exec(each)?.[1] ?? []);

describe('what ships the logs of a disk', () => {
  it('sends the rest as well, however often one is missed', async () => {
    service.isUnreachable = (path) => {
      if (path.startsWith('/cache/')) shipper.sendAgain(1, { sequence: 1, attempt: 1 });
      return false;
    };
    await shipper.ship(never);
    expect(disk.uploaded).toBe(logs);
    expect(sent()).toContain('1.1');
  });

  it('sends to a full cache only what is missed there, and once', async () => {
    shipper.isCacheFull = true;
    shipper.sendAgain(1, { sequence: 1, attempt: 1 });
    await shipper.ship(never);
    await shipper.ship(never);
    expect(sent()).toEqual(['1.1']);
    shipper.isCacheFull = false;
    await shipper.ship(never);
    expect(disk.uploaded).toBe(logs);
  });

  it('sends nothing again that was missed in an epoch of before', async () => {
    shipper.sendAgain(0, { sequence: 1, attempt: 1 });
    await shipper.ship(never);
    expect(sent()).not.toContain('1.1');
  });
});
