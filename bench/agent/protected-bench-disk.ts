import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Accounts } from '../ingest/replica';
import type { NbdClient } from '../support/nbd-client';
import { AgentUnderTest } from './agent-under-test';
import { BenchService } from './bench-service';

const pieceBytes = 8 * 1024 * 1024;

/** A disk, the agent in front of it, a guest on it, and the service behind it. */
export interface BenchDisk {
  readonly path: string;
  readonly sizeBytes: number;
  readonly service: BenchService;
  readonly agent: AgentUnderTest;
  readonly guest: NbdClient;
  stop(): Promise<void>;
}

export interface BenchDiskOptions {
  readonly accounts: Accounts;
  readonly sizeBytes: number;
  /** Makes the disk at this path. */
  readonly make: (path: string) => Promise<void>;
}

export async function openBenchDisk({ accounts, sizeBytes, make }: BenchDiskOptions): Promise<BenchDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-agent-bench-'));
  const path = join(folder, 'disk');
  await make(path);
  const service = await BenchService.start(accounts, join(folder, 'records'));
  const agent = new AgentUnderTest(service.url, path, folder);
  const guest = await agent.connect();
  return {
    ...{ path, sizeBytes, service, agent, guest },
    stop: async () => {
      guest.close();
      await agent.stop();
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once there is a whole point that was cut after this moment. */
export async function pointAfter(service: BenchService, replicaId: string, timeInMs: number): Promise<void> {
  for (let tries = 0; tries < 30_000; tries += 1) {
    if ((await service.newestPointInMs(replicaId)) > timeInMs) return;
    await pause(20);
  }
  throw new Error('no recovery point came');
}

/** Waits for a point of the disk as it is now. */
export async function caughtUp({ service }: BenchDisk, replicaId: string): Promise<void> {
  const now = Date.now() - 1;
  service.cutEvery(1_000_000);
  await pointAfter(service, replicaId, now);
}

/** How many bytes of the replica lie in pieces that are not the disk's. */
export async function wrongBytes(
  { path, sizeBytes, service }: BenchDisk,
  replicaId: string,
): Promise<number> {
  const file = await open(path);
  const piece = Buffer.alloc(pieceBytes);
  let wrong = 0;
  for (let at = 0; at < sizeBytes; at += pieceBytes) {
    const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
    const held = await service.read(replicaId, at, bytesRead);
    if (digestOf(held) !== digestOf(piece.subarray(0, bytesRead))) wrong += bytesRead;
  }
  await file.close();
  return wrong;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
