import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startCollector } from '../support/clients/otlp-collector';
import { eventually } from '../support/eventually';
import { type Stack, startStack } from '../support/stack';
import { leaks } from '../support/stack/leaks';
import { readPages } from '../unit/docs/pages';

const tested = ['EnableDr', 'TestFailover', 'TestFailoverCleanup', 'DisableDr'];
const mappedToAzure = /^container \S+ is mapped to Microsoft Azure$/m;

/** The pages, their machines, and what their steps leave on the screen. */
const pages = [
  {
    page: 'protect-on-one-computer',
    machine: 'web',
    says: [mappedToAzure, /^web {2}Protected {2}Normal {2}RPO \d+ s$/m],
    jobs: tested,
  },
  {
    page: 'protect-azure-to-azure',
    machine: 'shop',
    says: [/^west is mapped to north$/m],
    jobs: tested,
  },
  {
    page: 'protect-vmware',
    machine: 'erp',
    says: [mappedToAzure],
    jobs: tested,
  },
  {
    page: 'protect-vmware-by-an-appliance',
    machine: 'crm',
    says: [mappedToAzure],
    jobs: tested,
  },
  {
    page: 'protect-hyper-v-with-vmm',
    machine: 'mail',
    says: [mappedToAzure],
    jobs: tested,
  },
  {
    page: 'protect-hyper-v-to-another-site',
    machine: 'ledger',
    says: [/^home is mapped to away$/m, /^the same bytes$/m],
    jobs: ['EnableDr', 'PlannedFailover', 'CommitFailover', 'DisableDr'],
  },
  {
    page: 'protect-vmware-to-another-site',
    machine: 'orders',
    says: [/^home is mapped to away$/m, /^the same bytes$/m],
    jobs: ['EnableDr', 'UnplannedFailover', 'CommitFailover', 'DisableDr'],
  },
];

const lacking = ['curl', 'openssl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
if (lacking.length > 0)
  console.info(`Not installed, so not every tutorial is followed: ${lacking.join(', ')}.`);
const tutorials = pages.filter(({ page }) => !lacking.includes('openssl') || !page.endsWith('another-site'));

/** A person waits for what a page says will come; here the shell does, for two minutes or so at most. */
const patience = `set -e
patiently() { for try in $(seq 120); do "$@" >/dev/null 2>&1 && return; sleep 1; done; echo "never: $*"; return 9; }
agents=
trap '[ -z "$agents" ] || kill $agents; wait' EXIT`;
const meanwhile: readonly (readonly [line: RegExp, ready: string])[] = [
  [/agent\/main\.js status/, 'patiently sh -c "$line | grep Reported"'],
  [/cli\/main\.js doctor$/, 'patiently sh -c "$line | grep \'2 connected\'"'],
  [/ protect \w+($| --details)/, 'patiently ${line%% --details*} --what-if'],
  [/cli\/main\.js status$/, 'patiently sh -c "$line | grep -w Protected"'],
  [/ points \w+$/, 'patiently sh -c "$line | grep CrashConsistent"'],
];

(lacking.includes('curl') ? describe.skip : describe)('the tutorials', () => {
  let stack: Stack;
  let followed: Promise<ReadonlyMap<string, { code: number | null; said: string }>>;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  beforeAll(async () => {
    collector = await startCollector();
    // As whoever starts the cloud would name it; the agent is told by its own environment.
    Object.assign(process.env, telemetryTo(collector.endpoint));
    stack = await startStack();
    // Side by side: most of each is waiting.
    followed = Promise.all(tutorials.map(async (each) => [each.page, await follow(each)] as const)).then(
      (all) => new Map(all),
    );
  });
  afterAll(async () => {
    await stack.stop();
    await collector.close();
    for (const name of Object.keys(telemetryTo(''))) delete process.env[name];
  });

  /** The page's own commands, at the places of this test. */
  function script(page: string): string {
    const { commands = [] } = readPages().find(({ path }) => path === `docs/tutorials/${page}.md`) ?? {};
    const steps = commands
      .filter((line) => !/^npm (ci|start)$/.test(line))
      .map((line) =>
        line
          .replaceAll('https://127.0.0.1:7072', stack.facts['host.secureEndpoint'] ?? '')
          .replaceAll('.lifeboat/', `${stack.dataFolder}/`)
          .replaceAll(/\.lifeboat$/g, stack.dataFolder)
          .replaceAll(/(-listen 127\.0\.0\.1):\d+/g, '$1:0'),
      )
      .map((line) => {
        if (/agent\/main\.js run/.test(line)) return `${line} >/dev/null & agents="$agents $!"`;
        const ready = meanwhile.find(([pattern]) => pattern.test(line))?.[1];
        return `echo '+ ${line.replaceAll("'", '"')}'\n${ready === undefined ? '' : `line=${inQuotes(line)}; ${ready}\n`}${line}`;
      });
    return [patience, ...steps].join('\n');
  }

  async function follow({
    page,
  }: (typeof tutorials)[number]): Promise<{ code: number | null; said: string }> {
    const env = {
      PATH: process.env['PATH'] ?? '',
      LIFEBOAT_CONFIG: join(stack.dataFolder, `${page}.json`),
      // The first page has the cloud to itself; here are the vaults of the others too.
      LIFEBOAT_VAULT: 'harbour',
      ...telemetryTo(collector.endpoint),
    };
    return new Promise((resolve) => {
      const child = execFile('bash', ['-c', script(page)], { env, timeout: 600_000 }, (_, output, notes) =>
        resolve({ code: child.exitCode, said: `${output}\n${notes}` }),
      );
    });
  }

  it.each(tutorials)(
    '$page does what it says, command by command',
    async ({ page, machine, says, jobs }) => {
      const { code, said } = (await followed).get(page) ?? {};
      const end = new RegExp(`^\\+ .* unprotect ${machine} --yes$`, 'm');
      expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(end) });
      for (const sentence of says) expect(said).toMatch(sentence);
      expect(said).toMatch(new RegExp(`^${machine} +Protected +Normal`, 'm'));
      expect(
        [...(said ?? '').matchAll(/^name +(\w+)\ntarget +\w+\nstate +Succeeded$/gm)].map(([, name]) => name),
      ).toEqual(jobs);
    },
    660_000,
  );

  it("tells a collector of the way from an agent's upload to its recovery point, and no secret", async () => {
    await followed;
    // A point may also come of a look that nobody rang for, when the machine is slow; not all of them.
    await eventually(async () => waysTo('recovery-point').some((way) => way.length === wayOfWrites.length));
    expect(waysTo('recovery-point')).toContainEqual(wayOfWrites);
    expect(leaks(collector.text().split('\n'), stack.facts)).toEqual([]);
  }, 660_000);

  /** What led to each span of this name, one within the other, and which process did it. */
  function waysTo(name: string): string[][] {
    const spans = new Map(collector.spans().map((span) => [`${span.traceId}/${span.spanId}`, span]));
    return [...spans.values()]
      .filter((span) => span.name === name)
      .map((last) => {
        const way: string[] = [];
        let span: typeof last | undefined = last;
        while (span !== undefined) {
          way.push(`${span.name} in ${span.service}`);
          span = spans.get(`${span.traceId}/${span.parentSpanId}`);
        }
        return way;
      });
  }
});

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

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
