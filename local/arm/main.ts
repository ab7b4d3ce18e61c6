import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findQemu, startArm, type ArmOptions, type QemuOptions, type StorageAccount } from './index';

const usage =
  '--port 7444 --data folder --cert file --key file [--issuer url] [--storage "account=endpoint;key"]... ' +
  '[--qemu auto|off] [--accel tcg|kvm] [--memory 256] [--ready pattern] [--faults seed:rate] [--storage-delay ms]';

/** Runs the double of Resource Manager as a process. */
async function main(): Promise<void> {
  const arm = await startArm(optionsFrom(process.argv.slice(2)));
  const stop = (): void => {
    arm.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  console.log(`listening ${arm.port}`);
}

function optionsFrom(words: string[]): ArmOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: words,
    options: {
      ...{
        port: text,
        data: text,
        cert: text,
        key: text,
        issuer: text,
        qemu: text,
        accel: text,
        memory: text,
      },
      ...{ ready: text, faults: text, 'storage-delay': text, storage: { type: 'string', multiple: true } },
    },
  });
  const { data, cert, key } = values;
  if (!data || !cert || !key) throw new Error(`it takes ${usage}`);
  const [seed, rate] = (values.faults ?? '1:0').split(':').map(Number);
  return {
    port: Number(values.port ?? 0),
    dataFolder: data,
    certificate: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
    issuer: values.issuer,
    storage: (values.storage ?? []).map(accountFrom),
    qemu: values.qemu === 'off' ? undefined : qemuFrom(values),
    storageDelayInMs: Number(values['storage-delay'] ?? 0),
    ...(values.ready !== undefined && { ready: new RegExp(values.ready) }),
    ...(seed !== undefined && rate !== undefined && { faults: { seed, rate } }),
  };
}

function accountFrom(word: string): StorageAccount {
  const [, name, endpoint, key] = /^([^=]+)=([^;]+);(.+)$/.exec(word) ?? [];
  if (name === undefined || endpoint === undefined || key === undefined) throw new Error(`it takes ${usage}`);
  return { name, endpoint: endpoint.replace(/\/$/, ''), key };
}

function qemuFrom({
  accel,
  memory,
}: {
  accel?: string | undefined;
  memory?: string | undefined;
}): QemuOptions | undefined {
  const program = findQemu();
  if (program === undefined) return undefined;
  return { program, accelerator: accel === 'kvm' ? 'kvm' : 'tcg', memoryInMb: Number(memory ?? 256) };
}

main().catch((error: unknown) => {
  console.error(
    `Resource Manager could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
});
