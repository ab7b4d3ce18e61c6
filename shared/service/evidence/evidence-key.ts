import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { isRefusal } from '../../errors';
import type { Records } from '../../ports/records';

const key = { partition: 'installation', id: 'evidence-key' };
const KeyRecord = z.object({ privateKeyPem: z.string() });

/** The key that this installation made for itself the first time it had something to sign. */
export async function evidenceKeyOf(records: Records): Promise<string> {
  const known = await records.get(key);
  if (known !== undefined) return KeyRecord.parse(known.body).privateKeyPem;
  const { privateKey } = generateKeyPairSync('ed25519');
  const record = { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  try {
    return KeyRecord.parse((await records.create(key, record)).body).privateKeyPem;
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
    return evidenceKeyOf(records);
  }
}
