import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../../../local/cloud';
import { quickDeclaration } from '../failover/quick-declaration';
import { type Stack, startStack } from '../stack';
import { TappedPort } from './tapped-port';

const Declaration = z.looseObject({
  app: z.looseObject({ environment: z.record(z.string(), z.string()) }),
});

/** The whole stack with taps at every socket that a byte of a disk could come in by, and all that it has written down. */
export class TappedStack {
  private constructor(
    readonly stack: Stack,
    private readonly folder: string,
    private readonly taps: {
      readonly host: TappedPort;
      readonly cache: TappedPort;
      readonly target: TappedPort;
    },
  ) {}

  static async open(): Promise<TappedStack> {
    const folder = mkdtempSync(join(tmpdir(), 'tapped-'));
    const ports = await freePorts();
    const [cache, target] = [await TappedPort.open(ports.cache), await TappedPort.open(ports.target)];
    const declarationFile = quickDeclaration(folder);
    const declaration = Declaration.parse(JSON.parse(readFileSync(declarationFile, 'utf8')));
    Object.assign(declaration.app.environment, {
      CACHE_BLOB_ENDPOINT: `https://127.0.0.1:${cache.port}/{{cache.account}}`,
      TARGET_BLOB_ENDPOINT: `https://127.0.0.1:${target.port}/{{target.account}}`,
    });
    writeFileSync(declarationFile, JSON.stringify(declaration));
    const stack = await startStack({ declarationFile, ports });
    const host = await TappedPort.open(Number(new URL(stack.facts['host.endpoint'] ?? '').port));
    return new TappedStack(stack, folder, { host, cache, target });
  }

  /** Where agents reach the service: without encryption, so that what they say can be read at the tap. */
  get url(): string {
    return `http://127.0.0.1:${this.taps.host.port}`;
  }

  /** What went through these sockets until now, either way. */
  get countedBytes(): number {
    return Object.values(this.taps).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** True if these bytes were heard at the service's door, or lie in any file of the stack. */
  async holds(words: Buffer): Promise<boolean> {
    await this.stack.save();
    return this.taps.host.bytes.includes(words) || isInFolder(this.stack.dataFolder, words);
  }

  async close(): Promise<void> {
    await this.stack.stop();
    for (const tap of Object.values(this.taps)) await tap.close();
    rmSync(this.folder, { recursive: true });
  }
}

export function isInFolder(folder: string, words: Buffer): boolean {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .some((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true && isIn(path, words));
}

function isIn(path: string, words: Buffer): boolean {
  return readFileSync(path).includes(words);
}
