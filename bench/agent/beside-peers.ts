import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../ingest/measure';
import type { Accounts } from '../ingest/replica';
import { changedBlocks, freshBytes, type Change, writeChanges } from './changes';
import { hasProgram } from './peers/has-program';
import { imageBytes, makeImage } from './peers/image';
import { openPeer, type Peer, type PeerCost } from './peers/peer';
import { printGoal, row } from './print';
import { type BenchDisk, caughtUp, openBenchDisk, wrongBytes } from './protected-bench-disk';

const mebibyte = 1024 * 1024;
const share = 0.05;

interface Task {
  readonly name: string;
  readonly changes: readonly Change[];
}

const tasks: readonly Task[] = [
  { name: 'initial copy', changes: [] },
  { name: '5 % in blocks of 64 KiB', changes: changedBlocks(imageBytes, 64 * 1024, share) },
  { name: '5 % in random 4 KiB', changes: changedBlocks(imageBytes, 4096, share) },
];

type Costs = Map<string, PeerCost[]>;

/** Two answers to "when is it there": away from the machine, and ready to be recovered from. */
const ours = { sent: 'lifeboat, sent', held: 'lifeboat, held' } as const;

/** The same image and the same changes, by the agent and by the tools that are installed, to the same storage. */
export async function besidePeers(accounts: Accounts, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-peers-'));
  const costs: Costs = new Map();
  let wrong = 0;
  try {
    const image = join(folder, 'image');
    await makeImage(image);
    const names = (['rclone', 'restic'] as const).filter(hasProgram);
    for (let round = 0; round < rounds; round += 1) {
      wrong += await sendOurs(accounts, image, costs);
      for (const name of names)
        await sendTheirs(await openPeer(name, accounts.cache, folder), image, { folder, costs });
    }
    for (const task of tasks)
      for (const name of [ours.sent, ours.held, ...names]) printCost(task, name, costs);
    printGoals(names, costs);
    row('bytes wrong', String(wrong));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * From being told to protect, or the first write, until the last log is in the storage account, where the tools end as well, and
 * until a recovery point stands on the target's disk. The writes themselves count.
 */
async function sendOurs(accounts: Accounts, image: string, costs: Costs): Promise<number> {
  const make = (path: string): Promise<void> => copyFile(image, path);
  const disk = await openBenchDisk({ accounts, sizeBytes: imageBytes, make });
  try {
    let replicaId = '';
    for (const task of tasks) {
      const before = { atMs: performance.now(), ...(await usageOf(disk, replicaId)) };
      if (task.changes.length === 0) replicaId = await disk.service.protect(imageBytes);
      else await writeChanges(disk.guest, task.changes);
      await caughtUp(disk, replicaId);
      const heldSeconds = (performance.now() - before.atMs) / 1000;
      const after = await usageOf(disk, replicaId);
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
      const sentBytes = after.sentBytes - before.sentBytes;
      const sentSeconds = ((await disk.service.arrivedAtMs()) - before.atMs) / 1000;
      note(costs, task, ours.sent, { seconds: sentSeconds, cpuSeconds, sentBytes });
      note(costs, task, ours.held, { seconds: heldSeconds, cpuSeconds, sentBytes });
    }
    return await wrongBytes(disk, replicaId);
  } finally {
    await disk.stop();
  }
}

async function usageOf({ agent, service }: BenchDisk, replicaId: string) {
  const sentBytes = replicaId === '' ? 0 : service.sentBytes(replicaId);
  return { cpuSeconds: await agent.cpuSeconds(), sentBytes };
}

async function sendTheirs(
  peer: Peer,
  image: string,
  { folder, costs }: { readonly folder: string; readonly costs: Costs },
): Promise<void> {
  const copy = join(folder, 'copy');
  await copyFile(image, copy);
  for (const task of tasks) {
    const file = await open(copy, 'r+');
    for (const { offsetBytes, lengthBytes } of task.changes)
      await file.write(freshBytes(lengthBytes), 0, lengthBytes, offsetBytes);
    await file.close();
    note(costs, task, peer.name, await peer.send(copy));
  }
}

function note(costs: Costs, { name: task }: Task, name: string, cost: PeerCost): void {
  costs.set(`${task}/${name}`, [...(costs.get(`${task}/${name}`) ?? []), cost]);
}

function printCost(task: Task, name: string, costs: Costs): void {
  const each = costs.get(`${task.name}/${name}`) ?? [];
  const of = (part: keyof PeerCost): number => median(each.map((cost) => cost[part]));
  const sent = (of('sentBytes') / mebibyte).toFixed(0);
  row(
    `${task.name}: ${name}`,
    `${of('seconds').toFixed(2)} s, CPU ${of('cpuSeconds').toFixed(2)} s, ${sent} MiB sent`,
  );
}

interface PeerGoal {
  readonly goal: string;
  readonly task: number;
  readonly peer: Peer['name'];
  readonly floor: number;
  readonly aim: number;
}

const peerGoals: readonly PeerGoal[] = [
  { goal: 'G6', task: 0, peer: 'rclone', floor: 0.7, aim: 0.4 },
  { goal: 'G6', task: 0, peer: 'restic', floor: 1, aim: 0.6 },
  { goal: 'G7', task: 1, peer: 'restic', floor: 0.6, aim: 0.35 },
  { goal: 'G7', task: 1, peer: 'rclone', floor: 0.4, aim: 0.2 },
  { goal: 'G8', task: 2, peer: 'restic', floor: 1, aim: 0.5 },
];

function printGoals(names: readonly string[], costs: Costs): void {
  for (const { goal, task: index, peer, floor, aim } of peerGoals) {
    const task = tasks[index];
    if (task === undefined || !names.includes(peer)) continue;
    const theirs = costs.get(`${task.name}/${peer}`) ?? [];
    for (const end of [ours.sent, ours.held]) {
      const each = costs.get(`${task.name}/${end}`) ?? [];
      const ratio = median(each.map(({ seconds }, round) => seconds / (theirs[round]?.seconds ?? NaN)));
      printGoal(`${goal} ${task.name}: ${end} / ${peer}`, ratio, { floor, aim, more: false });
    }
  }
  for (const [index, goal, aim] of [
    [1, 'G7', 1],
    [2, 'G8', 1.02],
  ] as const) {
    const task = tasks[index];
    if (task === undefined) continue;
    const changed = task.changes.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const sent = median((costs.get(`${task.name}/${ours.held}`) ?? []).map(({ sentBytes }) => sentBytes));
    printGoal(`${goal} ${task.name}, bytes sent / changed`, sent / changed, {
      floor: 1.05,
      aim,
      more: false,
    });
  }
}
