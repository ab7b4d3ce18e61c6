import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from './clock';
import { applyLocalSettings, loadHostFile } from './config/load-configuration';
import { loadFunctionApp } from './core/function-app';
import { messageOf } from './host-error';
import { type Host, type HostOptions } from './host-options';
import { openHostStore } from './host-store';
import { type Handler } from './http/exchange';
import { createLogger } from './log/logger';
import { listenAll } from './listen-all';
import { RunningHost } from './running-host';

const hostVersion = '4.1000.0';

/**
 * Loads the app and runs its functions in this process. One host per process, and before anything has loaded
 * `@azure/functions`, because the library looks for its host once.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const appFolder = path.resolve(options.appFolder);
  const dataFolder = path.resolve(options.dataFolder);
  const clock = options.clock ?? systemClock;
  const configuration = loadHostFile(appFolder);
  applyLocalSettings(appFolder, process.env);
  const log = createLogger({
    levels: options.logLevel === undefined ? configuration.logLevels : { default: options.logLevel },
    now: () => clock.now(),
    write: options.writeLine ?? ((line) => process.stdout.write(`${line}\n`)),
  });
  mkdirSync(dataFolder, { recursive: true });
  const store = openHostStore(dataFolder);
  const undo: (() => Promise<void>)[] = [() => store.close()];
  try {
    // The port is taken first, because the app may read WEBSITE_HOSTNAME while it is loaded. Callers wait.
    const entrance = openEntrance();
    const listeners = await listenAll(options, entrance.handler, log);
    undo.unshift(() => listeners.close(0));
    process.env['WEBSITE_HOSTNAME'] = `127.0.0.1:${listeners.port}`;
    const app = await loadFunctionApp(appFolder, log, hostVersion);
    const host = await RunningHost.start({
      options,
      dataFolder,
      clock,
      configuration,
      log,
      store,
      listeners,
      app,
    });
    entrance.open(host.handler);
    return host;
  } catch (error) {
    log('debug', 'Host.Startup', `Start failed: ${messageOf(error)}`);
    for (const step of undo) await step();
    throw error;
  }
}

/** Requests that come before the app is loaded wait for it. */
function openEntrance(): { handler: Handler; open: (handler: Handler) => void } {
  let open: (handler: Handler) => void = () => undefined;
  let current: Handler | undefined;
  const opened = new Promise<Handler>((resolve) => {
    open = (handler) => {
      current = handler;
      resolve(handler);
    };
  });
  return {
    handler: async (exchange) => await (current ?? (await opened))(exchange),
    open: (handler) => open(handler),
  };
}
