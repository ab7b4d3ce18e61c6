import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SiteAddress } from '../../../shared/contracts/agent/site';
import type { SiteTrust } from '../../../agent/site/site-trust';
import { AgentProcess } from '../agent-process';
import { eventually } from '../eventually';

export interface ServerProcessOptions {
  readonly url: string;
  readonly folder: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly trust: SiteTrust;
}

/** The built agent in roles of a site, as a process of its own. */
export class ServerProcess {
  readonly folder: string;
  readonly #agent: AgentProcess;

  constructor({ url, folder, name, roles, trust }: ServerProcessOptions) {
    this.folder = join(folder, name);
    mkdirSync(this.folder, { recursive: true });
    for (const [file, text] of Object.entries(trust)) writeFileSync(this.#file(file), String(text));
    this.#agent = new AgentProcess({
      ...{ url, folder: this.folder, disks: [], machineId: name, token: 'a-registration-token-of-a-test' },
      arguments: [
        ...roles.flatMap((role) => ['--role', role]),
        ...['--relay-listen', '127.0.0.1:0', '--target-listen', '127.0.0.1:0'],
        ...['--site-authority', this.#file('authority'), '--site-certificate', this.#file('certificate')],
        ...['--site-key', this.#file('key'), '--replicas', join(this.folder, 'replicas')],
      ],
    });
  }

  get lines(): readonly string[] {
    return this.#agent.lines;
  }

  /** Starts it, and answers where it listens in one of its roles. */
  async start(role: 'processServer' | 'masterTarget'): Promise<SiteAddress> {
    const before = this.lines.length;
    this.#agent.start();
    const text = await eventually(() => {
      const line = this.lines.slice(before).find((each) => each.includes('agent started'));
      return Promise.resolve(line && new RegExp(`${role}=(\\{[^}]*\\})`).exec(line)?.[1]);
    }, 60_000);
    return SiteAddress.parse(z.json().parse(JSON.parse(text)));
  }

  kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    return this.#agent.kill(signal);
  }

  #file(name: string): string {
    return join(this.folder, `${name}.pem`);
  }
}
