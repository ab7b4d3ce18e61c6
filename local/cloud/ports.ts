import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every port that the local cloud listens on, with its usual number. */
export const usualPorts = {
  host: 7071,
  'host-https': 7072,
  identity: 7443,
  arm: 7444,
  servicebus: 5672,
  cosmos: 8081,
  cache: 10000,
  'cache-control': 10001,
  target: 10010,
  'target-control': 10011,
  control: 10020,
} as const;

export type PortName = keyof typeof usualPorts;
export type Ports = Readonly<Record<PortName, number>>;

const names = Object.keys(usualPorts) as PortName[];

export const isPortName = (name: string): name is PortName => Object.hasOwn(usualPorts, name);

/** The usual ports, moved as a block to a base, and single ones as asked. */
export function choosePorts(base: number | undefined, asked: Partial<Ports>): Ports {
  const block = names.map((name, index) => [name, base === undefined ? usualPorts[name] : base + index]);
  return { ...(Object.fromEntries(block) as Ports), ...asked };
}

/**
 * Ports that nobody listens on now, for tests. Below the range from which systems number outgoing connections: a port
 * out of that range could be taken by any client before its server starts.
 */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>();
  while (found.size < names.length) {
    const port = randomInt(10_240, 32_000);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  const numbers = [...found];
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]])) as Ports;
}

/** Fails with a sentence that names the port and the option to move it. */
export async function assertFree(
  ports: Ports,
  wanted: readonly PortName[],
  patienceInMs: number,
): Promise<void> {
  const users = new Map<number, PortName>();
  for (const name of wanted) {
    const port = ports[name];
    const other = users.get(port);
    if (other !== undefined) throw new Error(`Port ${port} is asked for twice: ${other} and ${name}.`);
    users.set(port, name);
    await assertOneFree(name, port, patienceInMs);
  }
}

async function assertOneFree(name: PortName, port: number, patienceInMs: number): Promise<void> {
  const pauseInMs = 50;
  for (let waitedMs = 0; !(await isFree(port)); waitedMs += pauseInMs) {
    if (waitedMs >= patienceInMs) {
      throw new Error(
        `Port ${port}, for ${name}, is taken by another program. Free it, or choose another: ` +
          `npm start -- --port ${name}=<number> (or --port-base <number> to move all).`,
      );
    }
    await sleep(pauseInMs);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
