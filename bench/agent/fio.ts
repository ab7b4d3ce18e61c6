import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

export interface Load {
  readonly name: string;
  readonly kind: 'randwrite' | 'randread' | 'write';
  readonly blockKibibytes: number;
  readonly depth: number;
}

export interface Measured {
  readonly perSecond: number;
  readonly mebibytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const Side = z.object({
  iops: z.number(),
  bw_bytes: z.number(),
  clat_ns: z.object({ percentile: z.record(z.string(), z.number()).optional() }),
});
const Report = z.object({ jobs: z.array(z.object({ read: Side, write: Side })).min(1) });

/** Drives an NBD server with fio for so many seconds, over half a gibibyte, once it has warmed up. */
export async function measure(uri: string, load: Load, seconds: number): Promise<Measured> {
  const { stdout } = await run('fio', [
    ...[
      '--name=bench',
      '--ioengine=nbd',
      `--uri=${uri}`,
      `--rw=${load.kind}`,
      `--bs=${load.blockKibibytes}k`,
    ],
    ...[
      `--iodepth=${load.depth}`,
      '--size=512m',
      '--time_based',
      '--ramp_time=1',
      `--runtime=${seconds}`,
      '--norandommap',
    ],
    ...['--buffer_compress_percentage=50', '--randseed=7', '--output-format=json'],
  ]);
  // Some versions say a line of their own first.
  const [job] = Report.parse(JSON.parse(stdout.slice(stdout.indexOf('{')))).jobs;
  const side = load.kind === 'randread' ? job?.read : job?.write;
  if (side === undefined) throw new Error('fio reported nothing');
  const percentile = (name: string): number => (side.clat_ns.percentile?.[name] ?? NaN) / 1e6;
  return {
    perSecond: side.iops,
    mebibytesPerSecond: side.bw_bytes / 1024 / 1024,
    p50Ms: percentile('50.000000'),
    p99Ms: percentile('99.000000'),
  };
}
