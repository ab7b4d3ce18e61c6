import { resolve } from 'node:path';
import { usage } from '../failure';
import type { Surroundings } from '../surroundings';
import { readConfig } from './config-file';

/** What may be said on the command line of every command. */
export interface GlobalOptions {
  readonly endpoint?: string;
  readonly subscription?: string;
  readonly resourceGroup?: string;
  readonly vault?: string;
  readonly caFile?: string;
  readonly output?: string;
  readonly query?: string;
  readonly debug?: boolean;
}

export type SignIn =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'local'; readonly dataFolder: string; readonly principal: string }
  | { readonly kind: 'azure' };

/** Where the service is, what of it is meant, and who asks. */
export interface CliSettings {
  readonly endpoint: string;
  readonly audience: string;
  readonly subscription: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly vault: string | undefined;
  readonly caFile: string | undefined;
  readonly signIn: SignIn;
}

/** The command line wins over the environment, the environment over the file. */
export async function readSettings(around: Surroundings, options: GlobalOptions): Promise<CliSettings> {
  const config = await readConfig(around);
  const { environment } = around;
  const said = (
    option: string | undefined,
    name: string,
    written: string | undefined,
  ): string | undefined => {
    const found = option ?? environment[`LIFEBOAT_${name}`] ?? written;
    return found === '' ? undefined : found;
  };
  const endpoint = said(options.endpoint, 'ENDPOINT', config.endpoint);
  if (endpoint === undefined) {
    throw usage(
      'It is not known where the service is.',
      'lifeboat login --local for a local cloud; otherwise --endpoint, or LIFEBOAT_ENDPOINT.',
    );
  }
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== 'https:') {
    throw usage(`The endpoint "${endpoint}" is no https address.`, 'Such as: https://127.0.0.1:7072');
  }
  const origin = new URL(endpoint).origin;
  const caFile = said(options.caFile, 'CA_FILE', config.caFile);
  return {
    endpoint: origin,
    audience: said(undefined, 'AUDIENCE', config.audience) ?? origin,
    subscription: said(options.subscription, 'SUBSCRIPTION', config.subscription),
    resourceGroup: said(options.resourceGroup, 'RESOURCE_GROUP', config.resourceGroup),
    vault: said(options.vault, 'VAULT', config.vault),
    caFile: caFile === undefined ? undefined : resolve(caFile),
    signIn: signInOf(environment, config.local),
  };
}

function signInOf(
  environment: Surroundings['environment'],
  local: { dataFolder: string; principal: string } | undefined,
): SignIn {
  const token = environment['LIFEBOAT_TOKEN'];
  if (token !== undefined && token !== '') return { kind: 'token', token };
  const isNamed = (environment['AZURE_CLIENT_ID'] ?? '') !== '';
  return local !== undefined && !isNamed ? { kind: 'local', ...local } : { kind: 'azure' };
}
