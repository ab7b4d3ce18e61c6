import { readFileSync } from 'node:fs';

/** Another boot means that the machine may have lost what it had not written out. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
