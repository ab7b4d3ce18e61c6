import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { EvidenceReport } from '../../shared/contracts/evidence/evidence-report';
import { verifyEvidence } from '../../shared/contracts/evidence/sign-evidence';
import { exitCodes, Failure, usage } from '../failure';
import type { StartSession } from '../program';

interface VerifyOptions {
  readonly key?: string;
  readonly disk: readonly string[];
}

/** Evidence is checked where it is read: no service is asked. */
export function verifyCommand(program: Command, start: StartSession): void {
  program
    .command('verify <report>')
    .description('check an evidence report offline: its signature and, if wanted, the bytes of disks')
    .option('--key <public-key>', 'the installation’s key; without it only changes are found out')
    .option(
      '--disk <name=file>',
      'compare a disk image with the report; more than once for more',
      collected,
      [],
    )
    .action(async (file: string, { key, disk }: VerifyOptions, command: Command) => {
      const session = start(command);
      const found = verifyEvidence(await documentIn(file), key);
      if (!found.isGenuine) {
        throw new Failure(exitCodes.failed, found.why, {
          action: 'Do not rely on it; get the report again.',
        });
      }
      const { report, publicKey } = found;
      const disks = [];
      for (const pair of disk) disks.push(await compared(report, pair));
      await session.print({ ...summary(report), isKeyKnown: key !== undefined, publicKey, disks });
      const wrong = disks.filter(({ isSame }) => !isSame).map(({ name }) => name);
      if (wrong.length > 0) {
        throw new Failure(exitCodes.failed, `These disks are not those of the report: ${wrong.join(', ')}.`);
      }
    });
}

function summary({ kind, machine, jobId, disks, ...report }: EvidenceReport): object {
  const seconds = (durationInMs: number | null): number | null =>
    durationInMs === null ? null : Math.round(durationInMs / 1000);
  return {
    isGenuine: true,
    kind,
    machine,
    job: jobId,
    requestedAt: new Date(report.requestedAtInMs).toISOString(),
    rpoInSeconds: seconds(report.point.rpoInMs),
    rtoInSeconds: seconds(report.rtoInMs),
    diskCount: disks.length,
    remarks: report.remarks,
  };
}

async function compared(report: EvidenceReport, pair: string): Promise<{ name: string; isSame: boolean }> {
  const at = pair.indexOf('=');
  const [name, file] = [pair.slice(0, at), pair.slice(at + 1)];
  const disk = report.disks.find((one) => one.name === name);
  if (at < 1 || disk === undefined) {
    throw usage(
      `"${pair}" names no disk of the report.`,
      `Such as: --disk ${report.disks[0]?.name ?? 'name'}=disk.img`,
    );
  }
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(file, { end: disk.sizeBytes - 1 })) hash.update(part as Buffer);
  } catch (error) {
    throw usage(`The disk cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { name, isSame: hash.digest('hex') === disk.targetSha256 };
}

async function documentIn(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw usage(`The report cannot be read: ${error.message}`);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw usage('The report is not JSON.');
  }
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
