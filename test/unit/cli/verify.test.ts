import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EvidenceReport } from '../../../shared/contracts/evidence/evidence-report';
import { signEvidence } from '../../../shared/contracts/evidence/sign-evidence';
import { lifeboat, type Said } from './harbour';

describe('lifeboat verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  const bytes = Buffer.alloc(4096, 7);
  const targetSha256 = createHash('sha256').update(bytes).digest('hex');
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const report: EvidenceReport = {
    version: 1,
    kind: 'test',
    vaultId: '/v',
    itemId: '/v/web',
    machine: 'web',
    scenario: 'A2A',
    jobId: 'job',
    requestedBy: 'caller',
    reason: '',
    point: {
      moment: { kind: 'point', pointId: '00000000-0000-4000-8000-000000000001' },
      cutTimeInMs: 1,
      rpoInMs: 12_400,
    },
    disks: [
      {
        name: 'os',
        replicaId: '00000000-0000-4000-8000-000000000000',
        sizeBytes: bytes.length,
        position: null,
        sourceChainHead: null,
        targetSha256,
      },
    ],
    rtoInMs: 31_000,
    requestedAtInMs: 1_700_000_000_000,
    endedAtInMs: 1_700_000_031_000,
    tasks: [],
    source: 'running',
    target: { machineId: '/m', name: 'web-test', boot: 'notBooted', consoleTail: '' },
    remarks: [],
  };
  const signed = signEvidence(report, pem);
  const reportFile = join(folder, 'report.json');
  const diskFile = join(folder, 'os.img');

  beforeEach(() => {
    writeFileSync(reportFile, JSON.stringify(signed));
    writeFileSync(diskFile, bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const verify = (...words: string[]): Promise<Said> =>
    lifeboat(['verify', reportFile, '-o', 'json', ...words], {
      environment: { LIFEBOAT_CONFIG: '/nowhere/config.json' },
    });

  it('believes a report that nobody changed, and a disk that is the one it tells of', async () => {
    expect(EvidenceReport.safeParse(report).error?.message).toBeUndefined();
    const said = await verify('--key', signed.signature.publicKey, '--disk', `os=${diskFile}`);
    expect(said).toMatchObject({ code: 0, notes: '' });
    expect(JSON.parse(said.output)).toMatchObject({
      isGenuine: true,
      isKeyKnown: true,
      machine: 'web',
      rpoInSeconds: 12,
      rtoInSeconds: 31,
      disks: [{ name: 'os', isSame: true }],
    });
  });

  it('finds a disk of which one byte differs', async () => {
    writeFileSync(diskFile, Buffer.concat([bytes.subarray(1), Buffer.of(8)]));
    const said = await verify('--disk', `os=${diskFile}`);
    expect(said).toMatchObject({ code: 1, notes: expect.stringContaining('not those of the report: os') });
  });

  it('does not believe a report that was changed, signed by another key, or is none', async () => {
    expect((await verify('--key', 'A'.repeat(43))).notes).toContain('another key');
    writeFileSync(reportFile, JSON.stringify({ ...signed, report: { ...report, rtoInMs: 1 } }));
    expect(await verify()).toMatchObject({ code: 1, output: '', notes: expect.stringContaining('changed') });
    writeFileSync(reportFile, '{}');
    expect((await verify()).code).toBe(1);
    writeFileSync(reportFile, 'x');
    expect(await verify()).toMatchObject({ code: 2, notes: expect.stringContaining('not JSON') });
    rmSync(reportFile);
    expect((await verify()).code).toBe(2);
  });
});
