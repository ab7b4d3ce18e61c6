import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { simulate } from './simulate';

/** About two minutes of one core. */
const seeds = 10_000;

describe('replication, simulated', () => {
  it(`breaks no invariant in ${seeds} seeds, whatever dies, repeats, arrives late or is forgotten`, async () => {
    const parameters = [
      'scripts/run-typescript.mjs',
      'test/simulation/main.ts',
      '--seeds',
      String(seeds),
      '--workers',
      '2',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, parameters);
    expect(stdout).toMatch(new RegExp(`seeds ${seeds}; .*violations 0\\n$`));
  }, 3_600_000);

  it('runs the same way from the same seed', async () => {
    const trace = async (): Promise<readonly string[]> => {
      const lines: string[] = [];
      await simulate(17, { trace: (line) => lines.push(line) });
      return lines;
    };
    const first = await trace();
    expect(first.length).toBeGreaterThan(200);
    expect(await trace()).toEqual(first);
  });
});
