import type { VirtualMachineInstanceView } from '@azure/arm-compute';
import type { BootVerdict, MachineLook } from '../../contracts/compute/target-machine';

const cannotComeUp =
  /Kernel panic|not syncing|No bootable device|Boot failed|dracut-emergency|Entering emergency mode|grub rescue>/;
const tailLength = 4096;

/** What is seen of a machine from outside it. */
export function powerOf(view: VirtualMachineInstanceView | undefined): MachineLook['power'] {
  const codes = (view?.statuses ?? []).map(({ code }) => code?.toLowerCase() ?? '');
  if (codes.includes('provisioningstate/failed')) return 'failed';
  const power = codes.find((code) => code.startsWith('powerstate/'));
  if (power === 'powerstate/running') return 'running';
  return power === 'powerstate/deallocated' || power === 'powerstate/stopped' ? 'stopped' : 'changing';
}

/** Booted only if its guest agent says so. */
export function verdictOf(view: VirtualMachineInstanceView | undefined, console: string): BootVerdict {
  const isReady = (view?.vmAgent?.statuses ?? []).some(
    ({ code, displayStatus }) => code === 'ProvisioningState/succeeded' && displayStatus === 'Ready',
  );
  if (isReady) return 'booted';
  return cannotComeUp.test(console) ? 'failed' : 'notBooted';
}

export function tailOf(console: string): string {
  return console.slice(-tailLength);
}
