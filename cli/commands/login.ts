import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { credentialFor } from '../connect/credential';
import { exitCodes, Failure, usage } from '../failure';
import type { StartSession } from '../program';
import { ConfigFile, configPath, readConfig, writeConfig } from '../settings/config-file';
import { readLocalCloud } from '../settings/local-cloud';
import { readSettings } from '../settings/settings';

interface LoginOptions {
  readonly local?: boolean;
  readonly data: string;
  readonly as: string;
  readonly audience?: string;
}

/** The subscription of a local cloud, which has only one. */
const localSubscription = '00000000-0000-0000-0000-000000000000';

/** How to sign in, and where. */
export function loginCommands(program: Command, start: StartSession): void {
  program
    .command('login')
    .description('remember where the service is and how to sign in; no secret is kept')
    .option('--local', 'the local cloud of this machine')
    .option('--data <folder>', 'its data folder', '.lifeboat')
    .option('--as <principal>', 'who of its directory to be', 'owner')
    .addOption(new Option('--audience <resource>', 'what tokens are for; the endpoint if left out'))
    .action(async (options: LoginOptions, command: Command) => {
      const session = start(command);
      const { around } = session;
      const before = await readConfig(around);
      const { local, ...kept } = before;
      const isElsewhere = session.options.endpoint !== undefined || options.audience !== undefined;
      // With nothing said, the same local cloud again, and the same somebody of it.
      const again = isElsewhere || local === undefined ? undefined : asBefore(local);
      const wanted = options.local === true ? options : again;
      const config =
        wanted !== undefined
          ? {
              ...kept,
              ...(await localLogin(wanted)),
              subscription: session.options.subscription ?? kept.subscription ?? localSubscription,
            }
          : { ...kept, ...azureLogin(session.options, options, kept) };
      const vault = session.options.vault ?? config.vault;
      const resourceGroup = session.options.resourceGroup ?? config.resourceGroup;
      const all = ConfigFile.parse({
        ...config,
        ...(vault === undefined ? {} : { vault }),
        ...(resourceGroup === undefined ? {} : { resourceGroup }),
      });
      const file = await writeConfig(around, all);
      await session.print({ ...all, local: undefined, signedInAs: all.local?.principal ?? 'Azure', file });
    });
  program
    .command('token')
    .description('a new bearer token, for curl or for the page')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      // Whoever asks for a token wants a new one, and not the one at hand.
      const environment = { ...session.around.environment, LIFEBOAT_TOKEN: undefined };
      const { signIn, audience } = await readSettings({ ...session.around, environment }, session.options);
      const token = await (await credentialFor(signIn)).getToken(`${audience}/.default`);
      session.around.output(`${token?.token ?? ''}\n`);
    });
  program
    .command('page')
    .description('the address of the page that shows the vault')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      const { settings, group, vault } = await session.connect();
      session.tell('It asks for a token: lifeboat token prints one.');
      const id = `/subscriptions/${settings.subscription ?? ''}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
      session.around.output(`${settings.endpoint}/ui#${id}\n`);
    });
  configCommands(program, start);
}

type LocalLogin = Pick<LoginOptions, 'data' | 'as'>;

function asBefore({ dataFolder: data, principal: as }: NonNullable<ConfigFile['local']>): LocalLogin {
  return { data, as };
}

async function localLogin({ data, as }: LocalLogin): Promise<Partial<ConfigFile>> {
  const dataFolder = resolve(data);
  const { endpoint, authorityFile } = await readLocalCloud(dataFolder, as);
  const local = { dataFolder, principal: as };
  const credential = await credentialFor({ kind: 'local', ...local });
  const token = await credential.getToken(`${endpoint}/.default`);
  if (token === null) throw new Failure(exitCodes.failed, 'The local issuer gave no token.');
  return { endpoint, audience: endpoint, caFile: authorityFile, local };
}

function azureLogin(
  said: { readonly endpoint?: string; readonly subscription?: string; readonly caFile?: string },
  { audience }: LoginOptions,
  kept: ConfigFile,
): Partial<ConfigFile> {
  const endpoint = said.endpoint ?? kept.endpoint;
  if (endpoint === undefined || !URL.canParse(endpoint)) {
    throw usage(
      'Say where the service is: --endpoint https://...',
      'For a local cloud: lifeboat login --local',
    );
  }
  return {
    endpoint,
    audience: audience ?? endpoint,
    ...(said.subscription === undefined ? {} : { subscription: said.subscription }),
    ...(said.caFile === undefined ? {} : { caFile: resolve(said.caFile) }),
  };
}

function configCommands(program: Command, start: StartSession): void {
  const config = program
    .command('config')
    .description('what is remembered; flags and the environment win over it');
  config
    .command('show')
    .description('the configuration file, and where it is')
    .action(async (_: object, command: Command) => {
      const session = start(command);
      await session.print({ file: configPath(session.around), ...(await readConfig(session.around)) });
    });
  config
    .command('set <name> [value]')
    .description('remember a value, such as vault or resourceGroup; without one, forget it')
    .action(async (name: string, value: string | undefined, _: object, command: Command) => {
      const session = start(command);
      const changed = ConfigFile.safeParse({ ...(await readConfig(session.around)), [name]: value });
      if (!changed.success || name === 'local') {
        const names = Object.keys(ConfigFile.shape).filter((known) => known !== 'local');
        throw usage(`"${name}" cannot be set to that.`, `There are: ${names.join(', ')}.`);
      }
      await writeConfig(session.around, changed.data);
      await session.print(changed.data);
    });
}
