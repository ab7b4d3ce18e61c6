import path from 'node:path';
import { parseArgs } from 'node:util';
import { functionTable } from './function-summary';
import { describeThrown, HostError } from './host-error';
import { type HostOptions } from './host-options';
import { LogLevelName } from './log/logger';
import { exitCodes } from './process/exit-codes';
import { superviseHost } from './process/supervise-host';
import { startHost } from './start-host';

const usage = `Usage: node main.js --data <folder> [--app .] [--port 7071] [--https-port <port> --cert <pem> --key <pem>]
  [--before-settle <url>] [--log-level <level>] [--ignore-keys] [--max-body-bytes <n>] [--drain-ms <n>] [--no-supervisor]`;

function readArguments(parameters: readonly string[]): { host: HostOptions; isSupervised: boolean } {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      app: { type: 'string', default: '.' },
      data: { type: 'string' },
      port: { type: 'string', default: '7071' },
      'https-port': { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      'before-settle': { type: 'string' },
      'log-level': { type: 'string' },
      'ignore-keys': { type: 'boolean', default: false },
      'max-body-bytes': { type: 'string' },
      'drain-ms': { type: 'string' },
      'no-supervisor': { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new HostError(`--data is missing.\n${usage}`);
  const https = readHttps(values['https-port'], values.cert, values.key);
  const host: HostOptions = {
    appFolder: path.resolve(values.app),
    dataFolder: path.resolve(values.data),
    port: wholeNumber('--port', values.port, 65_535),
    ignoreKeys: values['ignore-keys'],
    ...(https === undefined ? {} : { https }),
    ...(values['before-settle'] === undefined
      ? {}
      : { beforeSettleUrl: checkedUrl(values['before-settle']) }),
    ...(values['log-level'] === undefined ? {} : { logLevel: level(values['log-level']) }),
    ...(values['max-body-bytes'] === undefined
      ? {}
      : { maxBodyBytes: wholeNumber('--max-body-bytes', values['max-body-bytes'], 2 ** 31) }),
    ...(values['drain-ms'] === undefined
      ? {}
      : { drainTimeoutInMs: wholeNumber('--drain-ms', values['drain-ms'], 3_600_000) }),
  };
  return { host, isSupervised: !values['no-supervisor'] };
}

function readHttps(port?: string, certificateFile?: string, privateKeyFile?: string): HostOptions['https'] {
  if (port === undefined && certificateFile === undefined && privateKeyFile === undefined) return undefined;
  if (port === undefined || certificateFile === undefined || privateKeyFile === undefined) {
    throw new HostError('--https-port, --cert and --key belong together.');
  }
  return { port: wholeNumber('--https-port', port, 65_535), certificateFile, privateKeyFile };
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= most) return value;
  throw new HostError(`${option}: "${text}" is not a whole number from 0 to ${most}.`);
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new HostError(`--before-settle: "${text}" is no http address.`);
}

function level(text: string): NonNullable<HostOptions['logLevel']> {
  const parsed = LogLevelName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new HostError(`--log-level: "${text}" ${parsed.error.issues[0]?.message ?? 'is unknown'}.`);
}

async function runWorker(options: HostOptions): Promise<void> {
  const end = (code: number): void => {
    process.exitCode = code;
    setImmediate(() => process.exit(code));
  };
  process.on('uncaughtException', (error) => {
    process.stderr.write(`An uncaught error ends the process: ${describeThrown(error)}\n`);
    end(exitCodes.crashed);
  });
  const host = await startHost({ ...options, onFatal: () => end(exitCodes.crashed) });
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return end(exitCodes.crashed);
    isStopping = true;
    void host.stop().then(() => end(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
  process.stdout.write(`${functionTable(host.functions)}\n`);
  const https = host.httpsPort === undefined ? '' : ` and https://127.0.0.1:${host.httpsPort}`;
  process.stdout.write(
    `Host listening on http://127.0.0.1:${host.port}${https}, started in ${Math.round(performance.now())} ms\n`,
  );
  process.send?.({ kind: 'listening', port: host.port, httpsPort: host.httpsPort ?? null, pid: process.pid });
}

async function main(): Promise<void> {
  try {
    const { host, isSupervised } = readArguments(process.argv.slice(2));
    if (isSupervised) superviseHost(host);
    else await runWorker(host);
  } catch (error) {
    const expected =
      error instanceof HostError || (error instanceof Error && error.name === 'TypeError' && 'code' in error);
    process.stderr.write(`${expected && error instanceof Error ? error.message : describeThrown(error)}\n`);
    process.exit(exitCodes.refused);
  }
}

void main();
