import { Command, Option } from 'commander';
import { afterFailoverCommands } from './commands/after-failover';
import { completionCommand } from './commands/completion';
import { costCommand } from './commands/cost';
import { deletedCommands } from './commands/deleted';
import { doctorCommand } from './commands/doctor';
import { eventCommands } from './commands/events';
import { failoverCommands } from './commands/failover';
import { jobCommands } from './commands/jobs';
import { loginCommands } from './commands/login';
import { planCommands } from './commands/plans';
import { protectCommands } from './commands/protect';
import { statusCommands } from './commands/status';
import { vaultCommands } from './commands/vaults';
import { verifyCommand } from './commands/verify';
import { Session } from './session';
import type { GlobalOptions } from './settings/settings';
import type { Surroundings } from './surroundings';

/** Makes the session of a command that was called, with the options that all commands share. */
export type StartSession = (command: Command) => Session;

const version = '0.1.0';

const afterHelp = `
Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 the job failed, 5 timed out, 130 interrupted.
Environment: LIFEBOAT_ENDPOINT, _SUBSCRIPTION, _RESOURCE_GROUP, _VAULT, _CA_FILE, _TOKEN, _OUTPUT, _CONFIG; NO_COLOR.
First steps on one machine: npm start, then lifeboat login --local, then lifeboat status.`;

/** The whole command line. */
export function lifeboatProgram(around: Surroundings): Command {
  const program = new Command('lifeboat')
    .description('Disaster recovery for virtual machines.')
    .version(version)
    .addOption(new Option('-o, --output <format>', 'json, table or tsv'))
    .option('--query <jmespath>', 'show only this of the data')
    .option('--vault <name>', 'the vault; the only one there is if left out')
    .option('-g, --resource-group <name>', 'its resource group')
    .option('--subscription <id>', 'its subscription')
    .option('--endpoint <url>', 'where the service is')
    .option('--ca-file <file>', 'whom to trust for the endpoint’s certificate')
    .option('--debug', 'show each request with its ids on stderr')
    .exitOverride()
    .showHelpAfterError('(lifeboat --help shows how)')
    .configureOutput({ writeOut: (text) => around.output(text), writeErr: (text) => around.note(text) })
    .configureHelp({ helpWidth: 110, showGlobalOptions: true })
    .addHelpText('after', afterHelp);
  const start: StartSession = (command) => new Session(around, command.optsWithGlobals<GlobalOptions>());
  for (const add of [
    statusCommands,
    protectCommands,
    failoverCommands,
    afterFailoverCommands,
    deletedCommands,
    planCommands,
    jobCommands,
    eventCommands,
    vaultCommands,
    loginCommands,
    doctorCommand,
    costCommand,
    verifyCommand,
    completionCommand,
  ]) {
    add(program, start);
  }
  return program;
}
