#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { systemClock } from '../shared/system/system-clock';
import { explainError } from './command-line/explain-error';
import { push, type PushOptions } from './command-line/push';
import { run } from './command-line/run';
import { addRunOptions, serviceUrl, wholeNumber } from './command-line/run-options';
import { AgentState } from './run/agent-state';
import { describeStatus } from './run/describe-status';
import { rotateKey } from './run/rotate-key';
import { readAgentStatus } from './run/status-file';
import { agentVersion } from './start-agent';

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

addRunOptions(
  program
    .command('run')
    .description('register if need be, play the roles that are given, and go on until told to stop'),
).action(run);

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

program
  .command('push')
  .description('install the agent on a machine over ssh, and start it')
  .requiredOption('--host <host>', 'the machine')
  .option('--user <user>', 'who signs in; others than root use sudo', 'root')
  .option('--port <port>', 'where its ssh listens', wholeNumber, 22)
  .requiredOption('--key <file>', 'the private key to sign in with')
  .requiredOption('--known-hosts <file>', 'which hosts are known, by which keys')
  .requiredOption('--archive <file>', 'the agent as tar.gz, with bin/lifeboat-agent in it')
  .requiredOption('--url <url>', 'the service', serviceUrl)
  .requiredOption('--token <token>', 'registration token')
  .requiredOption('--disk <path...>', 'the disks to protect')
  .action(async (options: PushOptions) => console.log(await push(options)));

program.parseAsync().catch((error: unknown) => {
  console.error(`lifeboat-agent: ${explainError(error)}`);
  process.exit(1);
});
