import type { SiteAddress } from '../../../shared/contracts/agent/site';
import type { Clock } from '../../../shared/ports/clock';
import type { Log } from '../../../shared/ports/log';
import type { LogName } from '../../../shared/ports/log-cache';
import { Wake } from '../../run/wake';
import { UploadPace } from '../../ship/upload-pace';
import { SpoolCipher } from '../../spool/spool-cipher';
import { messageOf } from '../../system/message-of';
import { LogIntake, type Taken } from '../intake/log-intake';
import type { SiteContext, SiteRole, Telling } from '../site-role';
import type { SiteTrust } from '../site-trust';
import { EpochForwarder } from './forward-epoch';
import { RelaySpool } from './relay-spool';

export interface ProcessServerOptions {
  /** Where logs wait, encrypted. */
  readonly folder: string;
  readonly spoolKey: Uint8Array;
  readonly listen: { readonly host: string; readonly port: number };
  /** What the agents of the site call it by, if not what it listens on. */
  readonly advertisedHost?: string | undefined;
  readonly trust: SiteTrust;
  readonly clock: Clock;
  readonly log: Log;
  readonly certificateAuthority?: string | undefined;
  /** What may wait here before the agents have to. */
  readonly quotaBytes?: number;
  /** Bytes a second that may leave the site; undefined for all it can. */
  readonly uploadLimit?: (() => number | undefined) | undefined;
  readonly firstPauseInMs?: number;
}

const usualQuotaBytes = 64 * 1024 ** 3;
const usualFirstPauseInMs = 1_000;
const longestPauseInMs = 60_000;

/**
 * Takes the change logs of a site's agents in, keeps them until they can go on, and sends them on. It promises nothing: an agent
 * frees what its target holds, whatever became of the server between them.
 */
export class ProcessServer implements SiteRole {
  readonly role = 'processServer';
  readonly taskHandlers = {};
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #wake = new Wake();
  #forward: ((replicaId: string) => void) | undefined;

  private constructor(
    private readonly options: ProcessServerOptions,
    private readonly spool: RelaySpool,
    private readonly intake: LogIntake,
  ) {}

  static async open(options: ProcessServerOptions): Promise<ProcessServer> {
    const { folder, spoolKey, listen, trust, log } = options;
    const spool = await RelaySpool.open(folder, new SpoolCipher(spoolKey));
    // Whoever takes logs in is made with what listens for them.
    const late: { server?: ProcessServer } = {};
    const taker = {
      has: (name: LogName) => Promise.resolve(spool.has(name)),
      take: (name: LogName, bytes: Buffer) =>
        late.server?.take(name, bytes) ?? Promise.resolve('full' as const),
    };
    const intake = await LogIntake.start({ listen, trust, taker, log });
    late.server = new ProcessServer(options, spool, intake);
    return late.server;
  }

  /** Where it listens, as the agents of its site call it. */
  get address(): SiteAddress {
    const { advertisedHost, listen } = this.options;
    return { host: advertisedHost ?? listen.host, port: this.intake.port };
  }

  /** What waits to go on. */
  get spooledBytes(): number {
    return this.spool.sizeBytes;
  }

  describe(): Promise<Telling> {
    const report = { listens: { processServer: this.address } };
    return Promise.resolve({ report, accepted: () => undefined });
  }

  async run({ service }: SiteContext, signal: AbortSignal): Promise<void> {
    const { clock, trust, certificateAuthority, uploadLimit } = this.options;
    const pace = new UploadPace(clock, uploadLimit ?? (() => undefined));
    const parts = { spool: this.spool, service, pace, trust, certificateAuthority };
    const lane = async (replicaId: string): Promise<void> => {
      await this.#workLane(replicaId, signal, (epoch) => new EpochForwarder(parts, replicaId, epoch));
    };
    this.#forward = (replicaId) => {
      if (this.#lanes.has(replicaId) || signal.aborted) return;
      const working = lane(replicaId).finally(() => {
        this.#lanes.delete(replicaId);
        // What came in while the lane was ending would wait for the next.
        if (this.spool.epochs.some((each) => each.replicaId === replicaId)) this.#forward?.(replicaId);
      });
      this.#lanes.set(replicaId, working);
    };
    for (const { replicaId } of this.spool.epochs) this.#forward(replicaId);
    while (!signal.aborted) await this.#wake.wait(clock, 60_000, signal);
    await Promise.all(this.#lanes.values());
  }

  async close(): Promise<void> {
    await this.intake.close();
  }

  async take(name: LogName, bytes: Buffer): Promise<Taken> {
    const { quotaBytes = usualQuotaBytes } = this.options;
    if (this.spool.sizeBytes >= quotaBytes) return 'full';
    await this.spool.keep(name, bytes);
    this.#forward?.(name.replicaId);
    return 'kept';
  }

  /** One replica at a time goes its own way: what is in the way of one does not hold up the others. */
  async #workLane(
    replicaId: string,
    signal: AbortSignal,
    forwarderOf: (epoch: number) => EpochForwarder,
  ): Promise<void> {
    const { clock, log } = this.options;
    const forwarders = new Map<number, EpochForwarder>();
    for (let failures = 0; !signal.aborted;) {
      const [next] = this.spool.epochs.filter((each) => each.replicaId === replicaId);
      if (next === undefined) return;
      const forwarder = forwarders.get(next.epoch) ?? forwarderOf(next.epoch);
      forwarders.set(next.epoch, forwarder);
      try {
        const isDone = (await forwarder.forward(signal)) === 'all';
        failures = isDone ? 0 : failures + 1;
      } catch (error) {
        failures += 1;
        log.warn('logs could not be sent on', { replicaId, failures, reason: messageOf(error) });
      }
      if (failures > 0) await clock.sleep(this.#pauseInMs(failures), signal);
    }
  }

  #pauseInMs(failures: number): number {
    const { firstPauseInMs = usualFirstPauseInMs } = this.options;
    return Math.min(firstPauseInMs * 2 ** (failures - 1), longestPauseInMs);
  }
}
