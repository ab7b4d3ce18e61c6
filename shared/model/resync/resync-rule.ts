/**
 * True when so much has changed that comparing the whole disk costs less than sending every change: what waits to be
 * applied has reached half the disk.
 */
export function isResyncCheaper(waitingBytes: number, diskSizeBytes: number): boolean {
  return waitingBytes * 2 >= diskSizeBytes;
}
