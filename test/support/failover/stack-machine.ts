import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, startAgent } from '../../../agent/start-agent';
import type { TaskHandler } from '../../../agent/run/tasks';
import { systemClock } from '../../../shared/system/system-clock';
import { systemIds } from '../../../shared/system/system-ids';
import { NbdClient } from '../nbd-client';
import type { Site } from '../protection/site';

export interface StackMachineOptions {
  readonly name: string;
  /** The platform's id; one is made up if none is given. */
  readonly machineId?: string;
  /** Disks that are there already, or what new ones hold. */
  readonly disks: readonly (string | Buffer)[];
  /** The fabric that its agent registers in; the site's, if none is given. */
  readonly fabricId?: string;
}

/** A machine beside a real agent in this process, which can be stopped and started as its hypervisor would. */
export interface StackMachine {
  readonly machineId: string;
  readonly agentId: string;
  readonly tasks: readonly string[];
  isRunning: boolean;
  write(disk: number, offsetBytes: number, bytes: Buffer): Promise<void>;
  content(disk: number): Buffer;
  stop(): Promise<void>;
}

export async function startMachine(
  site: Site,
  { name, machineId = `${name}-${randomUUID()}`, disks, fabricId = site.fabricId }: StackMachineOptions,
): Promise<StackMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'failover-'));
  const paths = disks.map((disk, index) => {
    if (typeof disk === 'string') return disk;
    const path = join(folder, `disk${index}.raw`);
    writeFileSync(path, disk);
    return path;
  });
  const tasks: string[] = [];
  const power = (kind: string, isOn: boolean): TaskHandler => {
    return () => {
      tasks.push(kind);
      machine.isRunning = isOn;
      return Promise.resolve({});
    };
  };
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const agent: Agent = await startAgent({
    ...{ url: site.endpoint, stateFolder: join(folder, 'state'), token: await site.tokenOf(fabricId) },
    machine: {
      ...{ machineId, name, osType: 'Linux', powerState: 'running', generation: '1' },
      nics: [{ nicId: 'nic0', networkId: 'lan', subnet: 'a', addresses: ['10.0.0.4'] }],
    },
    disks: paths.map((path, index) => ({
      ...{ path, diskId: `disk${index}`, exportName: `disk${index}`, isBootDisk: index === 0 },
    })),
    listen: { port: 0 },
    ...{ clock: systemClock, ids: systemIds, log: silent },
    certificateAuthority: readFileSync(site.stack.facts['authority.file'] ?? '', 'utf8'),
    sealIntervalInMs: 50,
    taskHandlers: {
      shutDownMachine: power('shutDownMachine', false),
      startMachine: power('startMachine', true),
    },
  });
  const machine: StackMachine = {
    ...{ machineId, agentId: agent.agentId, tasks, isRunning: true },
    write: async (disk, offsetBytes, bytes) => {
      const guest = await NbdClient.connect(agent.nbd, `disk${disk}`);
      await guest.write(offsetBytes, bytes);
      guest.close();
    },
    content: (disk) => readFileSync(paths[disk] ?? ''),
    stop: async () => {
      await agent.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return machine;
}
