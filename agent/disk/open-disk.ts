import * as fs from 'node:fs';
import { basename } from 'node:path';
import { isRefusal } from '../../shared/errors';
import { decodeVhdFooter, vhdFooterBytes } from '../../shared/formats/vhd/fixed-vhd';
import { sectorBytes } from '../../shared/model/extent';
import { FileDisk } from './file-disk';
import type { SourceDisk } from './source-disk';

/** Opens a raw image, a fixed VHD (its footer is not part of the disk) or a block device. */
export function openDisk(path: string, access: 'read' | 'write' = 'write'): SourceDisk {
  const stats = fs.statSync(path);
  const sizeBytes = stats.isBlockDevice() ? deviceSize(path) : diskSizeOf(path, stats.size);
  if (sizeBytes === 0 || sizeBytes % sectorBytes !== 0) {
    throw new Error(`${path} is not a disk: its size, ${sizeBytes} bytes, is not a whole number of sectors`);
  }
  return new FileDisk(path, sizeBytes, access);
}

/** Opens a disk that is written by others: a snapshot may let nobody write. */
export function openOthersDisk(path: string): SourceDisk {
  try {
    return openDisk(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return openDisk(path, 'read');
    throw error;
  }
}

function diskSizeOf(path: string, fileBytes: number): number {
  if (fileBytes <= vhdFooterBytes) return fileBytes;
  const footer = Buffer.alloc(vhdFooterBytes);
  const file = fs.openSync(path, 'r');
  try {
    fs.readSync(file, footer, 0, vhdFooterBytes, fileBytes - vhdFooterBytes);
  } finally {
    fs.closeSync(file);
  }
  if (footer.toString('latin1', 0, 8) !== 'conectix') return fileBytes;
  const sizeBytes = sizeInFooter(path, footer);
  if (sizeBytes + vhdFooterBytes > fileBytes)
    throw new Error(`${path} is shorter than the disk that its footer tells of: ${sizeBytes} bytes`);
  return sizeBytes;
}

function sizeInFooter(path: string, footer: Buffer): number {
  try {
    return decodeVhdFooter(footer).diskSizeBytes;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new Error(`${path} is a VHD, but not a fixed one: ${error.message}`, { cause: error });
  }
}

/** Linux tells the size of a block device in sectors of 512 bytes, whatever its own sectors are. */
function deviceSize(path: string): number {
  const device = basename(fs.realpathSync(path));
  return Number(fs.readFileSync(`/sys/class/block/${device}/size`, 'utf8')) * sectorBytes;
}
