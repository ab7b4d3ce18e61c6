import { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainError } from '../../../agent/command-line/explain-error';
import { addRunOptions, type RunOptions } from '../../../agent/command-line/run-options';
import { readAgentStatus } from '../../../agent/run/status-file';
import { ProcessServer } from '../../../agent/site/process-server/process-server';
import { startSiteAgent } from '../../../agent/site/start-site-agent';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { eventually } from '../../support/eventually';
import { ReferenceService } from '../../support/reference-service';
import { SiteAuthority } from '../../support/site/site-certificates';
import { startTestAgent } from '../../support/test-agent';

const sizeBytes = 1024 * 1024;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function optionsOf(...given: readonly string[]): RunOptions {
  const command = addRunOptions(new Command()).exitOverride();
  return command.parse(['--url', 'https://service.example', ...given], { from: 'user' }).opts<RunOptions>();
}

it('B10 listens where the documents say, and where it is told to', () => {
  const { listen, relayListen, targetListen } = optionsOf();
  expect([listen, relayListen, targetListen]).toEqual([
    '10809',
    { host: '127.0.0.1', port: 9443 },
    { host: '127.0.0.1', port: 9444 },
  ]);
  const changed = optionsOf('--relay-listen', '0.0.0.0:19443', '--process-server', 'relay.example:19443');
  expect(changed.relayListen).toEqual({ host: '0.0.0.0', port: 19_443 });
  expect(changed.processServer).toEqual({ host: 'relay.example', port: 19_443 });
  expect(optionsOf('--group-announce', 'gate.example:4')).toMatchObject({
    groupAnnounce: { host: 'gate.example', port: 4 },
  });
  expect(() => optionsOf('--group-announce', 'gate.example:0')).toThrow('Nobody can call port 0');
  const table = readFileSync('docs/agent.md', 'utf8');
  for (const port of ['443', '10809', '9443', '9444', '20004']) expect(table).toContain(`| ${port} |`);
});

it('refuses an address that is none', () => {
  expect(() => optionsOf('--url', 'service.example')).toThrow('It must be an address');
});

it('seals at the size it is told, which holds what is copied at once and lies within what a log may hold', () => {
  expect(optionsOf().sealAt).toBe(15 * 2 ** 20);
  expect(optionsOf('--seal-at', '1048576').sealAt).toBe(2 ** 20);
  expect(optionsOf('--seal-at', '201326592').sealAt).toBe(192 * 2 ** 20);
  for (const wrong of ['1048575', '201326593', '1e6', 'much'])
    expect(() => optionsOf('--seal-at', wrong)).toThrow('It must be');
});

it('names what helps where the certificate of the service is not trusted', () => {
  const refused = Object.assign(new Error('self-signed certificate'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  expect(explainError(refused)).toMatch('with --ca');
  expect(explainError(new Error('no such file'))).toBe('no such file');
});

it('B10 goes on when the data port is changed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-ports-'));
  const service = await ReferenceService.start();
  const authority = await SiteAuthority.create();
  const trust = await authority.issue('relay');
  const serve = async () => {
    const server = await ProcessServer.open({
      ...{
        folder: join(folder, 'relay-spool'),
        spoolKey: Buffer.alloc(32, 7),
        clock: systemClock,
        log,
        trust,
      },
      ...{ listen: { host: '127.0.0.1', port: 0 }, firstPauseInMs: 20 },
    });
    const agent = await startSiteAgent({
      ...{ url: service.url, stateFolder: join(folder, 'relay'), token: 'a-registration-token-of-a-test' },
      ...{ name: 'relay', hostId: 'relay', roles: [server], clock: systemClock, ids: systemIds, log },
    });
    return { agent, address: server.address };
  };
  const before = await serve();
  const path = join(folder, 'disk.raw');
  writeFileSync(path, randomBytes(sizeBytes));
  const replicaId = await service.protect('machine', 'disk0', sizeBytes);
  service.sendThrough(before.address);
  const machine = await startTestAgent({
    ...{ url: service.url, folder, machineId: 'machine', paths: [path] },
    siteTrust: await authority.issue('machine'),
  });
  const expectCaughtUp = async (): Promise<void> => {
    const disk = service.ports.disks.open(replicaId);
    await eventually(async () => {
      const { data } = await disk.read({ offsetBytes: 0, lengthBytes: sizeBytes });
      return Buffer.from(data).equals(readFileSync(path));
    });
  };
  try {
    await expectCaughtUp();
    // It has no disks to tell of, but that it reports.
    await eventually(() => Promise.resolve(readAgentStatus(join(folder, 'relay')) !== undefined));
    await before.agent.stop();
    const after = await serve();
    try {
      expect(after.address.port).not.toBe(before.address.port);
      service.sendThrough(after.address);
      await machine.disks[0]?.capture.write(4096, [randomBytes(8192)], 8192);
      await expectCaughtUp();
      expect(service.requests.filter((request) => request.includes('/grants')).length).toBeGreaterThan(0);
    } finally {
      await after.agent.stop();
    }
  } finally {
    await machine.stop();
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
