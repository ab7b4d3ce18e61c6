import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Certificates } from '../authority';
import type { Declaration } from './declaration';
import type { PartPlan } from './part';
import { fillAll, type Facts } from './placeholders';
import type { PortName, Ports } from './ports';

export const partNames = ['identity', 'cache', 'target', 'servicebus', 'cosmos', 'arm', 'host'] as const;
export type PartName = (typeof partNames)[number];

export interface PlanOptions {
  readonly declaration: Declaration;
  /** What relative paths of the declaration start from. */
  readonly declarationFolder: string;
  readonly dataFolder: string;
  readonly ports: Ports;
  readonly facts: Facts;
  readonly certificates: Certificates;
  readonly directoryFile: string;
  /** The folder of the compiled parts. */
  readonly programs: string;
}

interface Sketch {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ready?: RegExp;
  readonly startsAfter?: readonly PartName[];
  readonly rebornWith?: readonly PartName[];
}

/** How each of these parts is run. */
export function planParts(names: readonly PartName[], options: PlanOptions): PartPlan[] {
  const sketches = { ...servers(options), ...users(options) };
  return names.map((name) => {
    const sketch = sketches[name];
    return {
      program: {
        name,
        file: join(options.programs, sketch.program),
        arguments: sketch.arguments,
        environment: sketch.environment ?? {},
        ready: sketch.ready ?? /^listening \d+/,
      },
      startsAfter: sketch.startsAfter ?? [],
      rebornWith: sketch.rebornWith ?? [],
    };
  });
}

/** The parts whose program was built. */
export function builtParts(programs: string): PartName[] {
  const folder = (name: PartName): string => (name === 'cache' || name === 'target' ? 'storage' : name);
  return partNames.filter((name) => existsSync(join(programs, folder(name), 'main.js')));
}

/** The ports that a part listens on. */
export function portsOf(name: PartName): PortName[] {
  switch (name) {
    case 'cache':
      return ['cache', 'cache-control'];
    case 'target':
      return ['target', 'target-control'];
    case 'host':
      return ['host', 'host-https'];
    default:
      return [name];
  }
}

function servers(options: PlanOptions): Record<Exclude<PartName, 'arm' | 'host'>, Sketch> {
  const { declaration, declarationFolder, ports, facts } = options;
  const entities = resolve(declarationFolder, declaration.serviceBus.entities);
  return {
    identity: {
      program: 'identity/main.js',
      arguments: [
        ...['--port', `${ports.identity}`, '--data', dataOf('identity', options)],
        ...['--directory', options.directoryFile, ...tls(options)],
      ],
    },
    cache: storage('cache', options),
    target: storage('target', options),
    servicebus: {
      program: 'servicebus/main.js',
      arguments: [
        ...['--port', `${ports.servicebus}`, '--data', dataOf('servicebus', options)],
        ...['--entities', entities, '--key', sharedAccessKey(facts)],
      ],
    },
    cosmos: {
      program: 'cosmos/main.js',
      arguments: [
        ...['--port', `${ports.cosmos}`, '--data', dataOf('cosmos', options)],
        ...['--key', facts['cosmos.key'] ?? ''],
      ],
    },
  };
}

/** Parts that hold storage clients: they must not see an account come back with less than it had. */
function users(options: PlanOptions): Record<'arm' | 'host', Sketch> {
  const { declaration, declarationFolder, ports, facts } = options;
  const environment = fillAll(declaration.app.environment, facts, 'app.environment');
  const app = resolve(declarationFolder, declaration.app.folder);
  return {
    arm: {
      program: 'arm/main.js',
      arguments: [
        ...['--port', `${ports.arm}`, '--data', dataOf('arm', options), ...tls(options)],
        ...['--issuer', facts['identity.issuer'] ?? '', ...armStorage(facts)],
      ],
      environment,
      startsAfter: ['identity', 'target'],
      rebornWith: ['cache', 'target'],
    },
    host: {
      program: 'host/main.js',
      arguments: [
        ...['--app', app, '--port', `${ports.host}`, '--https-port', `${ports['host-https']}`],
        ...[...tls(options), '--data', dataOf('host', options)],
        ...['--before-settle', facts['barrier.url'] ?? '', '--no-supervisor'],
      ],
      environment,
      ready: /^Host listening on /,
      startsAfter: ['identity', 'servicebus', 'cosmos', 'arm'],
      rebornWith: ['cache', 'target'],
    },
  };
}

function storage(name: 'cache' | 'target', options: PlanOptions): Sketch {
  const { ports, facts } = options;
  return {
    program: 'storage/main.js',
    arguments: [
      ...['--account', `${facts[`${name}.account`]}:${facts[`${name}.key`]}`],
      ...['--port', `${ports[name]}`, '--control-port', `${ports[`${name}-control`]}`],
      ...['--data', dataOf(name, options), ...tls(options)],
      ...['--issuer', `${facts['identity.endpoint']}/`],
    ],
  };
}

/** The account that disks are imported from, and its key. */
function armStorage(facts: Facts): string[] {
  const endpoint = `${facts['target.endpoint']};${facts['target.key']}`;
  return ['--storage', `${facts['target.account']}=${endpoint}`];
}

function tls({ certificates }: PlanOptions): string[] {
  return ['--cert', certificates.certificateFile, '--key', certificates.keyFile];
}

function dataOf(name: PartName, { dataFolder }: PlanOptions): string {
  return join(dataFolder, name);
}

function sharedAccessKey(facts: Facts): string {
  return /SharedAccessKey=([^;]+)/.exec(facts['servicebus.connectionString'] ?? '')?.[1] ?? '';
}
