import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BlobServer } from './blob-server';

export interface AzuriteOptions {
  readonly dataFolder: string;
  readonly port: number;
  /** Files; bearer tokens and user-delegation grants work over HTTPS only. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Tokens of issuers that begin so are accepted beside Microsoft's. */
  readonly issuer?: string;
}

/** Builds Azurite's blob server. It reads its accounts from the environment: one server in a process. */
export function createAzurite(options: AzuriteOptions): BlobServer {
  const load = createRequire(__filename);
  withoutTelemetry(load);
  const { configLogger } = load('azurite/dist/src/common/Logger') as {
    configLogger: (isOn: boolean) => void;
  };
  configLogger(false);
  if (options.issuer !== undefined) {
    const constants = load('azurite/dist/src/common/utils/constants') as { VALID_ISSUE_PREFIXES: string[] };
    constants.VALID_ISSUE_PREFIXES.push(options.issuer);
  }
  const { default: Configuration } = load('azurite/dist/src/blob/BlobConfiguration') as {
    default: new (...settings: readonly unknown[]) => object;
  };
  const { default: Server } = load('azurite/dist/src/blob/BlobServer') as {
    default: new (configuration: object) => BlobServer;
  };
  return new Server(new Configuration(...settings(options)));
}

/**
 * Azurite loads the client of a telemetry service, though it starts it only from its own command line. An empty module
 * in its place: what is not there can send nothing, and the process starts faster.
 */
function withoutTelemetry(load: NodeJS.Require): void {
  const azurite = createRequire(load.resolve('azurite/dist/src/common/Logger'));
  const name = azurite.resolve('applicationinsights');
  load.cache[name] = Object.assign(Object.create(null) as NodeJS.Module, { exports: {}, loaded: true });
}

function settings(options: AzuriteOptions): readonly unknown[] {
  const within = (name: string): string => join(options.dataFolder, name);
  const keepAliveInSeconds = 60;
  const isLogging = false;
  const isLoose = false;
  // Newer clients name a newer service version than this Azurite knows, and use nothing of it.
  const skipsVersionCheck = true;
  return [
    '127.0.0.1',
    options.port,
    keepAliveInSeconds,
    within('blobs.json'),
    within('extents.json'),
    [{ locationId: 'Default', locationPath: within('extents'), maxConcurrency: 50 }],
    isLogging,
    undefined,
    isLogging,
    undefined,
    isLoose,
    skipsVersionCheck,
    options.certificateFile,
    options.keyFile,
    undefined,
    'basic',
  ];
}
