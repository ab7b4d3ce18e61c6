import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessSockets {
  /** Ports that it listens on, at any address. */
  readonly listening: readonly number[];
  /** The far ends of its connections, by port. */
  readonly remote: readonly number[];
}

const listenState = '0A';
const portOf = (address: string | undefined): number => Number.parseInt(address?.split(':')[1] ?? '', 16);

/** The TCP sockets of a process just now, as Linux lists them. */
export function socketsOf(pid: number): ProcessSockets {
  const own = new Set<string>();
  for (const handle of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${handle}`))?.[1];
      if (inode !== undefined) own.add(inode);
    } catch {
      // It was closed since it was listed.
    }
  }
  const listening: number[] = [];
  const remote: number[] = [];
  for (const table of ['tcp', 'tcp6']) {
    const [, ...lines] = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trimEnd().split('\n');
    for (const line of lines) {
      const [, local, far, state, , , , , , inode = ''] = line.trim().split(/\s+/);
      if (!own.has(inode)) continue;
      if (state === listenState) listening.push(portOf(local));
      else remote.push(portOf(far));
    }
  }
  return { listening, remote };
}
