import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describedMachine } from '../../../../agent/command-line/described-machine';
import { cardsAmong } from '../../../../agent/command-line/own-cards';
import { ReportedMachine } from '../../../../shared/contracts/agent/report';

const machine = { machineId: 'rack-1', name: 'rack' };
const card = { nicId: '00:15:5d:00:00:01', macAddress: '00:15:5d:00:00:01', addresses: ['10.0.0.4'] };

function interfaceAt(
  address: string,
  family: 'IPv4' | 'IPv6' = 'IPv4',
  internal = false,
): NetworkInterfaceInfo {
  const mac = internal ? '00:00:00:00:00:00' : card.macAddress;
  const common = { address, netmask: '', mac, internal, cidr: null };
  return family === 'IPv4' ? { ...common, family } : { ...common, family, scopeid: 0 };
}

describe('the machine as its agent describes it', () => {
  it('C1 is a physical server, with the cards of its host, only if it is said to be one', () => {
    expect(describedMachine({ ...machine, physical: true }, [card])).toMatchObject({
      ...machine,
      ...{ isPhysical: true, nics: [card] },
    });
    const virtual = describedMachine(machine, [card]);
    expect(virtual).toMatchObject({ ...machine, nics: [] });
    expect(virtual.isPhysical).toBeUndefined();
  });

  it('B11 is called as a coordinator where it is told, else at its first card, else nowhere', () => {
    const groupAnnounce = { host: 'gate.example', port: 4 };
    expect(describedMachine({ ...machine, groupAnnounce }, [card]).groupEndpoint).toEqual(groupAnnounce);
    expect(describedMachine(machine, [card]).groupEndpoint).toEqual({ host: '10.0.0.4', port: 20_004 });
    expect(describedMachine(machine, []).groupEndpoint).toBeUndefined();
  });

  it('is of the cards that are hardware, or several that stand for one, by their IPv4 addresses', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-cards-'));
    try {
      for (const part of ['eth0/device', 'eth1/device', 'bond0/bonding', 'docker0', 'lo/device'])
        mkdirSync(join(folder, part), { recursive: true });
      const cards = cardsAmong(
        {
          lo: [interfaceAt('127.0.0.1', 'IPv4', true)],
          eth0: [interfaceAt('fe80::1', 'IPv6'), interfaceAt('10.0.0.4'), interfaceAt('10.0.0.5')],
          eth1: [interfaceAt('fe80::2', 'IPv6')],
          docker0: [interfaceAt('172.17.0.1')],
          bond0: [interfaceAt('10.1.0.4')],
        },
        folder,
      );
      expect(cards.map(({ addresses }) => addresses)).toEqual([['10.0.0.4', '10.0.0.5'], ['10.1.0.4']]);
      const described = { ...describedMachine({ ...machine, physical: true }, cards), disks: [] };
      expect(ReportedMachine.parse(described)).toEqual(described);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
