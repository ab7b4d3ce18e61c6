import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export interface Usage {
  readonly cpuMs: number;
  readonly capturedBytes: number;
}

export interface BenchedServer {
  readonly uri: string;
  /** What the splitter has used until now; nothing is known of others. */
  usage(): Promise<Usage | undefined>;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: 'nbdkit' | 'qemu-nbd' | 'splitter' | 'splitter with log';
  start(disk: string, stateFolder: string): Promise<BenchedServer>;
}

export const splitterKinds: readonly ServerKind[] = [
  { name: 'splitter', start: (disk, state) => startSplitter(disk, state, []) },
  { name: 'splitter with log', start: (disk, state) => startSplitter(disk, state, ['--tracking']) },
];

export const peerKinds: readonly ServerKind[] = [
  {
    name: 'nbdkit',
    start: (disk) =>
      startPeer((port) => ['nbdkit', '-f', '-p', `${port}`, '-i', '127.0.0.1', '-e', 'disk', 'file', disk]),
  },
  {
    name: 'qemu-nbd',
    start: (disk) =>
      startPeer((port) => {
        const where = ['-p', `${port}`, '-b', '127.0.0.1', '-x', 'disk', '-e', '8'];
        return ['qemu-nbd', '-t', '-f', 'raw', '--cache=writeback', ...where, disk];
      }),
  },
];

async function startSplitter(disk: string, state: string, more: readonly string[]): Promise<BenchedServer> {
  const program = join(__dirname, '..', 'agent-splitter.js');
  const options = ['--disk', disk, '--state', state, ...more];
  const child = spawn(process.execPath, [program, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const port = await nextLine(lines);
  return {
    uri: `nbd://127.0.0.1:${port}/disk`,
    usage: async () => {
      const answer = nextLine(lines);
      child.stdin.write('usage\n');
      return JSON.parse(await answer) as Usage;
    },
    stop: () => ended(child),
  };
}

async function nextLine(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

async function startPeer(commandAt: (port: number) => readonly string[]): Promise<BenchedServer> {
  const port = await freePort();
  const [program = '', ...options] = commandAt(port);
  const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'inherit'] });
  await answering(port);
  return {
    uri: `nbd://127.0.0.1:${port}/disk`,
    usage: () => Promise.resolve(undefined),
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await pause(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}
