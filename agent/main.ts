#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../shared/system/system-clock';
import { systemIds } from '../shared/system/system-ids';
import { describeStatus } from './run/describe-status';
import { rotateKey } from './run/rotate-key';
import { readAgentStatus } from './run/status-file';
import { AgentState } from './run/agent-state';
import { type AgentDisk, agentVersion, startAgent } from './start-agent';
import { consoleLog } from './system/console-log';

interface RunOptions {
  readonly url: string;
  readonly token?: string;
  readonly disk: readonly AgentDisk[];
  readonly state: string;
  readonly listen: string;
  readonly name: string;
  readonly machineId: string;
  readonly ca?: string;
  readonly sealInterval: number;
  readonly spoolQuota: number;
  readonly freezeScript?: string;
  readonly freezeTimeout: number;
  readonly groupListen?: string;
  readonly scripts?: string;
}

/** `path`, or `path:export`. The first disk is the one the machine boots from. */
function disk(text: string, before: readonly AgentDisk[] = []): AgentDisk[] {
  const [path = '', name = ''] = text.split(':');
  const exportName = name === '' ? `disk${before.length}` : name;
  if (path === '') throw new InvalidArgumentError('A disk is path or path:export.');
  return [...before, { path, diskId: exportName, exportName, isBootDisk: before.length === 0 }];
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function listenAt(text: string): { path: string } | { port: number } {
  return /^\d+$/.test(text) ? { port: Number(text) } : { path: text };
}

async function run(options: RunOptions): Promise<void> {
  const log = consoleLog(systemClock);
  const agent = await startAgent({
    url: options.url,
    token: options.token,
    stateFolder: options.state,
    machine: {
      machineId: options.machineId,
      name: options.name,
      osType: 'Linux',
      powerState: 'running',
      generation: '1',
      nics: [],
    },
    disks: options.disk,
    listen: listenAt(options.listen),
    clock: systemClock,
    ids: systemIds,
    log,
    certificateAuthority: options.ca === undefined ? undefined : readFileSync(options.ca, 'utf8'),
    sealIntervalInMs: options.sealInterval,
    spoolQuotaBytes: options.spoolQuota,
    groupListenAddress: options.groupListen,
    scriptsFolder: options.scripts,
    freezeScript:
      options.freezeScript === undefined
        ? undefined
        : { path: options.freezeScript, timeoutInMs: options.freezeTimeout },
  });
  log.info('agent started', { agentId: agent.agentId, nbd: agent.nbd });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info('stopping', { signal });
      void agent.stop().then(() => process.exit(0));
    });
  }
}

function status({ state }: { state: string }): void {
  const lines = describeStatus(new AgentState(state).registered, readAgentStatus(state), systemClock.now());
  console.log(lines.join('\n'));
}

async function rotate({ state, ca }: { state: string; ca?: string }): Promise<void> {
  const certificateAuthority = ca === undefined ? undefined : readFileSync(ca, 'utf8');
  console.log(
    `The new key is ${await rotateKey({ stateFolder: state, clock: systemClock, certificateAuthority })}`,
  );
}

const program = new Command('lifeboat-agent')
  .description('The program beside the disks: captures writes and ships them.')
  .version(agentVersion);

program
  .command('run')
  .description('register if need be, serve the disks over NBD, and replicate them')
  .requiredOption('--url <url>', 'the service')
  .option('--token <token>', 'registration token, needed once')
  .requiredOption('--disk <path[:export]>', 'a disk to protect; may be given several times', disk)
  .option('--state <folder>', 'where key, bitmaps and spool are kept', '/var/lib/lifeboat-agent')
  .option('--listen <port|path>', 'NBD on a port of 127.0.0.1, or a unix socket', '10809')
  .option('--name <name>', 'the machine as people know it', hostname())
  .option('--machine-id <id>', 'the machine as its platform knows it', hostname())
  .option('--ca <file>', 'a certificate authority to trust, PEM')
  .option('--seal-interval <ms>', 'how often writes are sealed into a change log', wholeNumber, 1000)
  .option('--spool-quota <bytes>', 'how much may wait on this disk', wholeNumber, 16 * 1024 ** 3)
  .option('--freeze-script <path>', 'called with freeze and thaw around application-consistent points')
  .option('--freeze-timeout <ms>', 'how long the script may take', wholeNumber, 60_000)
  .option('--group-listen <address>', 'where to listen as the coordinator of a group of machines')
  .option('--scripts <folder>', 'what recovery plans may run on this machine')
  .action(run);

program
  .command('status')
  .description('say whom this agent is registered with, and how its disks stand')
  .option('--state <folder>', 'where key, bitmaps and spool are kept', '/var/lib/lifeboat-agent')
  .action(status);

program
  .command('rotate-key')
  .description('replace the key of this agent, which must not run meanwhile')
  .option('--state <folder>', 'where key, bitmaps and spool are kept', '/var/lib/lifeboat-agent')
  .option('--ca <file>', 'a certificate authority to trust, PEM')
  .action(rotate);

program.parseAsync().catch((error: unknown) => {
  console.error(`lifeboat-agent: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
