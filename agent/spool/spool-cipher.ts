import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Keeps what waits in the spool unreadable to others, and notices any change of it. Layout: nonce, tag, text. */
export class SpoolCipher {
  constructor(private readonly key: Uint8Array) {}

  seal(bytes: Uint8Array): Buffer[] {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.key, nonce);
    const text = [cipher.update(bytes), cipher.final()];
    return [nonce, cipher.getAuthTag(), ...text];
  }

  /** The bytes, or nothing if they are not what was sealed with this key. */
  open(sealed: Buffer): Buffer | undefined {
    if (sealed.byteLength < nonceBytes + tagBytes) return undefined;
    const decipher = createDecipheriv(algorithm, this.key, sealed.subarray(0, nonceBytes));
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
    try {
      const bytes = decipher.update(sealed.subarray(nonceBytes + tagBytes));
      // Nothing follows in this mode: it only says whether the tag is right.
      decipher.final();
      return bytes;
    } catch {
      return undefined;
    }
  }
}
