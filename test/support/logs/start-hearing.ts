import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heardFolder } from './hear';

/** Before the first test of a run. */
export default function startHearing(): void {
  process.env[heardFolder] = mkdtempSync(join(tmpdir(), 'heard-'));
}
