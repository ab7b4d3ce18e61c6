import type { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import type { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import { readFile } from 'node:fs/promises';
import { notFound, usage } from '../failure';
import { nearest } from '../nearest';
import type { CliSettings } from '../settings/settings';
import type { Surroundings } from '../surroundings';
import { credentialFor } from './credential';
import { requestLog } from './request-log';

/** The official clients, and the vault that is meant. */
export interface Connection {
  readonly site: SiteRecoveryManagementClient;
  readonly vaults: RecoveryServicesClient;
  readonly settings: CliSettings;
  readonly group: string;
  readonly vault: string;
}

export interface ConnectOptions {
  readonly around: Surroundings;
  readonly settings: CliSettings;
  readonly isDebugged: boolean;
  /** False for what is about vaults, and not of one. */
  readonly needsVault: boolean;
}

/** The clients are loaded only here: they are large, and `--help` needs none. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { settings, around, isDebugged } = options;
  const [{ SiteRecoveryManagementClient }, { RecoveryServicesClient }, credential, ca] = await Promise.all([
    import('@azure/arm-recoveryservices-siterecovery'),
    import('@azure/arm-recoveryservices'),
    credentialFor(settings.signIn),
    authorityOf(settings.caFile),
  ]);
  const subscription = settings.subscription ?? missing('subscription', '--subscription');
  const client = {
    endpoint: settings.endpoint,
    credentialScopes: [`${settings.audience}/.default`],
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    ...(isDebugged
      ? {
          additionalPolicies: [
            {
              position: 'perRetry' as const,
              policy: requestLog(
                (line) => around.note(`${line}\n`),
                () => around.now(),
              ),
            },
          ],
        }
      : {}),
  };
  const vaults = new RecoveryServicesClient(credential, subscription, client);
  const site = new SiteRecoveryManagementClient(credential, subscription, client);
  const place = options.needsVault ? await vaultMeant(vaults, settings) : { group: '', vault: '' };
  return { site, vaults, settings, ...place };
}

/** The vault that is named; or the only one there is. */
async function vaultMeant(
  vaults: RecoveryServicesClient,
  { vault, resourceGroup }: CliSettings,
): Promise<{ group: string; vault: string }> {
  if (vault !== undefined && resourceGroup !== undefined) return { group: resourceGroup, vault };
  const found: { group: string; vault: string }[] = [];
  for await (const { id, name } of vaults.vaults.listBySubscriptionId()) {
    found.push({ group: id?.split('/')[4] ?? '', vault: name ?? '' });
  }
  const isMeant = (one: { group: string; vault: string }): boolean =>
    (vault === undefined || one.vault.toLowerCase() === vault.toLowerCase()) &&
    (resourceGroup === undefined || one.group.toLowerCase() === resourceGroup.toLowerCase());
  const meant = found.filter(isMeant);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (found.length === 0) {
    throw usage(
      'There is no vault yet.',
      'lifeboat vault create <name> --resource-group <group> --location <region> makes one.',
    );
  }
  const names = found.map((one) => `${one.group}/${one.vault}`).join(', ');
  if (meant.length === 0) {
    const known = found.map((one) => (vault === undefined ? one.group : one.vault));
    const wanted = vault ?? resourceGroup ?? '';
    const near = nearest(wanted, known);
    throw notFound(
      vault === undefined
        ? `There is no vault in the resource group "${wanted}".`
        : `There is no vault "${wanted}".`,
      near === undefined ? `There are: ${names}.` : `Did you mean ${near}?`,
    );
  }
  throw usage(`Say which vault is meant: --vault and --resource-group.`, `There are: ${names}.`);
}

async function authorityOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((error: Error) => {
    throw usage(`The authority's file cannot be read: ${error.message}`);
  });
}

function missing(what: string, option: string): never {
  throw usage(`It is not known which ${what} is meant.`, `Say ${option}, or LIFEBOAT_${what.toUpperCase()}.`);
}
