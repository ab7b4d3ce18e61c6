import { type HostOptions } from '../host-options';

/** What can be said on the command line. */
export type HostProcessOptions = Omit<HostOptions, 'clock' | 'writeLine' | 'onFatal'>;

/** The command line that starts a host with these options. */
export function hostArguments(options: HostProcessOptions): readonly string[] {
  const { https } = options;
  const pairs: readonly (readonly [string, string | number | undefined])[] = [
    ['--app', options.appFolder],
    ['--data', options.dataFolder],
    ['--port', options.port],
    ['--https-port', https?.port],
    ['--cert', https?.certificateFile],
    ['--key', https?.privateKeyFile],
    ['--before-settle', options.beforeSettleUrl],
    ['--log-level', options.logLevel],
    ['--max-body-bytes', options.maxBodyBytes],
    ['--drain-ms', options.drainTimeoutInMs],
  ];
  const given = pairs.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  return options.ignoreKeys === true ? [...given, '--ignore-keys'] : given;
}
