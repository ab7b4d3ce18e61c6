export { startArm, type Arm, type ArmOptions } from './arm';
export type { Clock } from './clock';
export type { StorageAccount } from './disks/page-blob';
export { findQemu, type DirectBoot, type QemuOptions } from './machines/qemu';
export type { Fault, SeededFaults } from './work/faults';
