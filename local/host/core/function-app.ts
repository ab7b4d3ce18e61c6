import { HostError } from '../host-error';
import { type LogSink } from '../log/logger';
import { provideCoreModule } from './core-module';
import { type ProgrammingModel } from './core-types';
import { FunctionRegistry } from './function-registry';
import { Hooks } from './hooks';
import { loadApp } from './load-app';
import { toLogLevel } from './log-level';

/** What the real worker says it can do; the library reads some of them. */
const workerCapabilities = [
  'RawHttpBodyBytes',
  'RpcHttpTriggerMetadataRemoved',
  'RpcHttpBodyOnly',
  'IgnoreEmptyValuedRpcHttpHeaders',
  'UseNullableValueDictionaryForHttp',
  'WorkerStatus',
  'TypedDataCollection',
  'HandlesWorkerTerminateMessage',
];

/** The loaded app: its functions, its hooks and the library that turns our data into arguments. */
export interface FunctionApp {
  readonly registry: FunctionRegistry;
  readonly hooks: Hooks;
  readonly model: ProgrammingModel;
  readonly appHookData: Record<string, unknown>;
  terminate(): Promise<void>;
}

let isLoaded = false;

export async function loadFunctionApp(
  appFolder: string,
  log: LogSink,
  version: string,
): Promise<FunctionApp> {
  if (isLoaded) throw new HostError('One process runs one host: @azure/functions keeps its host for good.');
  isLoaded = true;
  const registry = new FunctionRegistry();
  const hooks = new Hooks();
  const writeLog = (level: string, category: string, message: string): void =>
    log(toLogLevel(level), category === 'user' ? 'Worker.User' : 'Worker', message);
  const core = provideCoreModule({ version, registry, hooks, log: writeLog });
  await loadApp(appFolder, registry);

  const model = core.programmingModel();
  if (model === undefined) {
    throw new HostError(
      'package.json: main was loaded, but it registered no function with @azure/functions.',
    );
  }
  const appHookData = {};
  const hookContext = (): Record<string, unknown> => ({
    functionAppDirectory: appFolder,
    hookData: {},
    appHookData,
  });
  await hooks.run('appStart', hookContext());
  await freezeSetup(model);
  registry.close();
  return { registry, hooks, model, appHookData, terminate: () => hooks.run('appTerminate', hookContext()) };
}

async function freezeSetup(model: ProgrammingModel): Promise<void> {
  const capabilities = await model.getCapabilities?.(
    Object.fromEntries(workerCapabilities.map((name) => [name, 'true'])),
  );
  if (capabilities?.['HttpUri'] !== undefined) {
    throw new HostError('app.setup: enableHttpStream is not supported by this host. Leave it off.');
  }
}
