import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../spool/durable-file';
import { AgentKey } from '../service/agent-key';

const Registered = z.object({ url: z.url(), agentId: z.uuid(), vaultId: z.string(), fabricName: z.string() });
export type Registered = z.infer<typeof Registered>;

/** What an agent keeps in its folder: its key, the key of its spool, and whom it is registered with. */
export class AgentState {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  get registered(): Registered | undefined {
    const path = join(this.#folder, 'agent.json');
    return existsSync(path) ? Registered.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  }

  async register(registered: Registered): Promise<void> {
    await replaceFile(join(this.#folder, 'agent.json'), [Buffer.from(JSON.stringify(registered, null, 2))]);
  }

  /** The agent's key pair, made at the first asking. */
  key(): AgentKey {
    return new AgentKey(this.#secret('key.pem', () => Buffer.from(AgentKey.create())).toString());
  }

  /** The private key that is to replace the agent's own, the same one until it has. */
  nextKey(): string {
    return this.#secret('next-key.pem', () => Buffer.from(AgentKey.create())).toString();
  }

  async replaceKey(privateKeyPem: string): Promise<void> {
    await replaceFile(join(this.#folder, 'key.pem'), [Buffer.from(privateKeyPem)]);
    rmSync(join(this.#folder, 'next-key.pem'), { force: true });
  }

  spoolKey(): Buffer {
    return this.#secret('spool.key', () => randomBytes(32));
  }

  /** Where the replica of one disk keeps its bitmaps and its spool. */
  diskFolder(diskId: string): string {
    return join(this.#folder, 'disks', Buffer.from(diskId, 'utf8').toString('base64url'));
  }

  #secret(name: string, make: () => Buffer): Buffer {
    const path = join(this.#folder, name);
    if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600, flag: 'wx' });
    return readFileSync(path);
  }
}
