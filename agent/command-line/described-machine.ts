import type { ReportedMachine, ReportedNic } from '../../shared/contracts/agent/report';
import type { SiteAddress } from '../../shared/contracts/agent/site';
import { usualPorts } from './run-options';

interface Described {
  readonly machineId: string;
  readonly name: string;
  readonly physical?: boolean;
  readonly groupAnnounce?: SiteAddress;
}

/**
 * The machine whose disks the agent is beside. A physical server is the host that the agent runs on, so its cards are known; an agent
 * beside the disks of a virtual machine may as well run on its hypervisor, whose cards would be the wrong ones.
 */
export function describedMachine(
  { machineId, name, physical = false, groupAnnounce }: Described,
  ownCards: readonly ReportedNic[],
): Omit<ReportedMachine, 'disks'> {
  const host = ownCards[0]?.addresses[0];
  const groupEndpoint =
    groupAnnounce ?? (host === undefined ? undefined : { host, port: usualPorts.groupCoordinator });
  return {
    ...{ machineId, name, osType: 'Linux', powerState: 'running', generation: '1' },
    ...(physical ? { isPhysical: true, nics: [...ownCards] } : { nics: [] }),
    ...(groupEndpoint === undefined ? {} : { groupEndpoint }),
  };
}
