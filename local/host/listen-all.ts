import { readFileSync } from 'node:fs';
import { HostError, messageOf } from './host-error';
import { type HostOptions } from './host-options';
import { type Handler } from './http/exchange';
import { listenHttp } from './http/http-listener';
import { type LogSink } from './log/logger';

export interface Listeners {
  readonly port: number;
  readonly httpsPort: number | undefined;
  close(graceInMs: number): Promise<void>;
}

/** Azure's own limit for a request body. */
const defaultMaxBodyBytes = 100 * 1024 * 1024;

/** The HTTP listener, and the HTTPS one where it is wanted, on the loopback interface. */
export async function listenAll(options: HostOptions, handler: Handler, log: LogSink): Promise<Listeners> {
  const common = { maxBodyBytes: options.maxBodyBytes ?? defaultMaxBodyBytes, handler, log };
  const http = await listenHttp({ ...common, port: options.port, portOption: '--port' });
  if (options.https === undefined) return { ...http, httpsPort: undefined };
  try {
    const { port, certificateFile, privateKeyFile } = options.https;
    const tls = {
      certificate: readPem(certificateFile, '--cert'),
      privateKey: readPem(privateKeyFile, '--key'),
    };
    const https = await listenHttp({ ...common, port, portOption: '--https-port', tls });
    return {
      port: http.port,
      httpsPort: https.port,
      close: async (graceInMs) => void (await Promise.all([http.close(graceInMs), https.close(graceInMs)])),
    };
  } catch (error) {
    await http.close(0);
    throw error;
  }
}

function readPem(file: string, option: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new HostError(`${option}: ${file} cannot be read (${messageOf(error)}).`);
  }
}
