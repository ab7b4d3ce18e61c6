import { type FailoverLife, openFailover } from './failover-life';
import type { Life } from './life';
import { openAzure, openProtected, type ProtectedLife } from './protected-life';

/** The lives that rows look into, each opened at its first use and kept for the rows after it. */
export class Lives {
  readonly #open = new Map<string, Promise<Life>>();

  /** Azure machines that are protected to another region. */
  azure(): Promise<ProtectedLife> {
    return this.#once('azure', openAzure);
  }

  /** A Hyper-V site, its machines protected to Azure. */
  hyperV(): Promise<ProtectedLife> {
    return this.#once('hyperV', () => openProtected({}));
  }

  /** A VMware site, its machines protected to Azure the classic way. */
  vmware(): Promise<ProtectedLife> {
    const policy = { recoveryPointHistory: 1440, crashConsistentFrequencyInMinutes: 5 };
    const options = { fabricKind: 'VMware', instanceType: 'InMageAzureV2', policy };
    return this.#once('vmware', () => openProtected(options));
  }

  /** Machines of several scenarios that are failed over. */
  failover(): Promise<FailoverLife> {
    return this.#once('failover', openFailover);
  }

  async close(): Promise<void> {
    for (const life of this.#open.values()) await (await life).close();
  }

  #once<T extends Life>(name: string, open: () => Promise<T>): Promise<T> {
    const life = (this.#open.get(name) as Promise<T> | undefined) ?? open();
    this.#open.set(name, life);
    return life;
  }
}
