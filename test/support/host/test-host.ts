import {
  type HostProcess,
  startHostProcess,
  type StartHostProcessOptions,
} from '../../../local/host/process/start-host-process';
import { type AppFolder, hostEntryFile } from './app-folder';

/** The settings the sample app wants. Port 1 refuses every connection. */
const sampleSettings = {
  TASKHUB_NAME: 'sample',
  ONCE_A_YEAR: '0 0 0 1 1 *',
  PLAIN_QUEUE: 'plain',
  SERVICE_BUS:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=k;SharedAccessKey=AAAA;UseDevelopmentEmulator=true',
};

export interface TestHost extends HostProcess {
  readonly origin: string;
  get(path: string, init?: RequestInit): Promise<Response>;
  json(path: string, init?: RequestInit): Promise<unknown>;
}

export type TestHostOptions = Partial<StartHostProcessOptions>;

/** The host as a process of its own, on a free port. */
export async function startTestHost(folder: AppFolder, options: TestHostOptions = {}): Promise<TestHost> {
  const host = await startHostProcess({
    appFolder: folder.app,
    dataFolder: folder.data,
    port: 0,
    entryFile: hostEntryFile,
    ...options,
    environment: { ...sampleSettings, ...options.environment },
  });
  const origin = `http://127.0.0.1:${host.port}`;
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${origin}${path}`, init);
  return {
    ...host,
    // The worker's id changes when a supervisor starts it again.
    get pid() {
      return host.pid;
    },
    origin,
    get,
    json: async (path, init) => jsonOf(await get(path, init)),
  };
}

/** The answer's JSON, made of this test's own objects: what fetch parses is not strictly equal to any of ours. */
export async function jsonOf(response: Response): Promise<unknown> {
  return JSON.parse(await response.text());
}

/** Asks again and again, with a bound, until the answer is what is wanted. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isWanted: (answer: T) => boolean,
  limitInMs = 60_000,
): Promise<T> {
  const untilMs = Date.now() + limitInMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > untilMs) throw new Error(`still ${JSON.stringify(answer)} after ${limitInMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
