import type { Grant } from '../../../shared/contracts/agent/transfer';
import type { LogName } from '../../../shared/ports/log-cache';
import type { ServiceClient } from '../../service/service-client';
import { ServiceRefusal } from '../../service/service-refusal';
import { putLog } from '../../ship/put-log';
import type { UploadPace } from '../../ship/upload-pace';
import { reachOf } from '../intake/log-path';
import type { SiteTrust } from '../site-trust';
import type { RelaySpool } from './relay-spool';

export interface ForwardOptions {
  readonly spool: RelaySpool;
  readonly service: Pick<ServiceClient, 'grant' | 'ring' | 'serviceTime'>;
  readonly pace: UploadPace;
  readonly trust: SiteTrust;
  readonly certificateAuthority?: string | undefined;
}

/** How far an epoch's logs were brought. `later`: something is in the way that may pass. */
export type Forwarded = 'all' | 'later';

const parallelPuts = 4;
const grantReserveInMs = 60_000;

/** Brings the logs of one replica's epoch to where its grants lead: a storage account, or a master target of the site. */
export class EpochForwarder {
  #grant: Grant | undefined;

  constructor(
    private readonly options: ForwardOptions,
    private readonly replicaId: string,
    private readonly epoch: number,
  ) {}

  /** Forwards all that waits, in order, a few side by side. */
  async forward(signal: AbortSignal): Promise<Forwarded> {
    const { spool, service } = this.options;
    for (;;) {
      const batch = spool.logsOf(this.replicaId, this.epoch).slice(0, parallelPuts);
      if (batch.length === 0 || signal.aborted) return 'all';
      const isOpen = await this.#expectGrant();
      if (!isOpen) return 'all';
      const outcomes = await Promise.all(batch.map((name) => this.#put(name, signal)));
      if (outcomes.includes(true)) await service.ring([this.replicaId]);
      if (outcomes.includes(false)) return 'later';
    }
  }

  /** False once the epoch is over: nobody wants its logs any more. */
  async #expectGrant(): Promise<boolean> {
    const { service, spool } = this.options;
    if ((this.#grant?.expiresAtInMs ?? 0) > service.serviceTime() + grantReserveInMs) return true;
    try {
      this.#grant = await service.grant(this.replicaId, this.epoch);
      return true;
    } catch (error) {
      const isOver =
        error instanceof ServiceRefusal && (error.code === 'Conflict' || error.code === 'NotFound');
      if (!isOver) throw error;
      await spool.removeEpoch(this.replicaId, this.epoch);
      return false;
    }
  }

  /** True once it has arrived, or what is in the way of it is out of the way. */
  async #put(name: LogName, signal: AbortSignal): Promise<boolean> {
    const { spool, pace, trust, certificateAuthority } = this.options;
    const bytes = await spool.read(name);
    if (bytes === undefined) {
      // What cannot be read any more is asked for again, from who sealed it.
      await spool.remove(name);
      return true;
    }
    await pace.pass(bytes.byteLength, signal);
    const { sequence, attempt } = name;
    const grantUrl = this.#grant?.url ?? '';
    const reach = reachOf(grantUrl, { trust, certificateAuthority });
    const outcome = await putLog({ grantUrl, sequence, attempt, bytes, signal, ...reach });
    switch (outcome) {
      case 'put':
      case 'perhaps':
        await spool.remove(name);
        return true;
      case 'gone':
      case 'expired':
        this.#grant = undefined;
        return false;
      case 'passing':
        return false;
    }
  }
}
