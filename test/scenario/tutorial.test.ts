import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { startCollector } from '../support/clients/otlp-collector';
import { eventually } from '../support/eventually';
import { type Stack, startStack } from '../support/stack';
import { leaks } from '../support/stack/leaks';
import { readPages } from '../unit/docs/pages';

const page = 'docs/tutorials/protect-on-one-computer.md';

/** A person waits for what a page says will come; here the shell does, for a minute at most. */
const patience = `set -e
patiently() { for try in $(seq 120); do "$@" >/dev/null 2>&1 && return; sleep 0.5; done; echo "never: $*"; return 9; }
trap '[ -z "$agent" ] || kill $agent; wait' EXIT`;
const meanwhile: readonly (readonly [line: RegExp, ready: string])[] = [
  [/agent\/main\.js status/, 'patiently sh -c "$line | grep Reported"'],
  [/ protect web$/, 'patiently $line --what-if'],
  [/ points web$/, 'patiently sh -c "$line | grep CrashConsistent"'],
];

describe('the tutorial for one computer', () => {
  let stack: Stack;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  beforeAll(async () => {
    collector = await startCollector();
    // As whoever starts the cloud would name it; the agent is told by its own environment.
    Object.assign(process.env, telemetryTo(collector.endpoint));
    stack = await startStack();
  }, 120_000);
  afterAll(async () => {
    await stack.stop();
    await collector.close();
    for (const name of Object.keys(telemetryTo(''))) delete process.env[name];
  }, 60_000);

  /** The page's own commands, at the places of this test. */
  function script(): string {
    const { commands = [] } = readPages().find(({ path }) => path === page) ?? {};
    const steps = commands
      .filter((line) => !/^npm (ci|start)$/.test(line))
      .map((line) =>
        line
          .replaceAll('https://127.0.0.1:7072', stack.facts['host.secureEndpoint'] ?? '')
          .replaceAll('.lifeboat/', `${stack.dataFolder}/`)
          .replaceAll(/\.lifeboat$/g, stack.dataFolder),
      )
      .map((line) => {
        if (/agent\/main\.js run/.test(line)) return `${line} >/dev/null & agent=$!`;
        const ready = meanwhile.find(([pattern]) => pattern.test(line))?.[1];
        return `echo '+ ${line.replaceAll("'", '"')}'\n${ready === undefined ? '' : `line='${line}'; ${ready}\n`}${line}`;
      });
    return [patience, ...steps].join('\n');
  }

  it('does what it says, command by command, from an empty folder to a tested recovery', async () => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      LIFEBOAT_CONFIG: join(stack.dataFolder, 'cli.json'),
      ...telemetryTo(collector.endpoint),
    };
    const { code, said } = await new Promise<{ code: number | null; said: string }>((resolve) => {
      const child = execFile('bash', ['-c', script()], { env, timeout: 170_000 }, (_, output, notes) =>
        resolve({ code: child.exitCode, said: `${output}\n${notes}` }),
      );
    });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^\+ .* unprotect web --yes$/m) });
    expect(said).toMatch(/^container \S+ is mapped to Microsoft Azure$/m);
    expect(said).toMatch(/^web +Protected +Normal/m);
    expect(said).toMatch(/^web {2}Protected {2}Normal {2}RPO \d+ s$/m);
    expect(said).toMatch(/^name +TestFailoverCleanup$/m);
    expect(said.match(/^state +Succeeded$/gm)).toHaveLength(4);

    await eventually(async () => wayOf('recovery-point').length === wayOfWrites.length);
    expect(wayOf('recovery-point')).toEqual(wayOfWrites);
    expect(leaks(collector.text().split('\n'), stack.facts)).toEqual([]);
  }, 180_000);

  /** What led to a span of this name, one within the other, and which process did it. */
  function wayOf(name: string): string[] {
    const spans = collector.spans();
    const way: string[] = [];
    let span = spans.find((each) => each.name === name);
    while (span !== undefined) {
      way.push(`${span.name} in ${span.service}`);
      const { parentSpanId, traceId } = span;
      span = spans.find((each) => each.spanId === parentSpanId && each.traceId === traceId);
    }
    return way;
  }
});

/** From the guest's writes to the point that holds them. */
const wayOfWrites = [
  'recovery-point in lifeboat',
  'ingest in lifeboat',
  'api in lifeboat',
  'upload in lifeboat-agent',
];

function telemetryTo(endpoint: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
  };
}
