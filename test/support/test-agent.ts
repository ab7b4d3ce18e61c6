import { join } from 'node:path';
import { type Agent, startAgent, type StartAgentOptions } from '../../agent/start-agent';
import { systemClock } from '../../shared/system/system-clock';
import { systemIds } from '../../shared/system/system-ids';

export type TestAgentOptions = Partial<StartAgentOptions> & {
  readonly url: string;
  readonly folder: string;
  readonly machineId: string;
  readonly paths: readonly string[];
};

/** An agent in this process, with a disk for each path: disk0, disk1, and so on. */
export function startTestAgent({ folder, machineId, paths, ...options }: TestAgentOptions): Promise<Agent> {
  return startAgent({
    stateFolder: join(folder, `state-${machineId}`),
    token: 'a-registration-token-of-a-test',
    machine: {
      ...{ machineId, name: machineId, osType: 'Linux', powerState: 'running', generation: '1' },
      nics: [],
    },
    disks: paths.map((path, index) => ({
      ...{ path, diskId: `disk${index}`, exportName: `disk${index}`, isBootDisk: index === 0 },
    })),
    listen: { port: 0 },
    clock: systemClock,
    ids: systemIds,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    sealIntervalInMs: 20,
    ...options,
  });
}
