import type { Clock } from '../../ports/clock';
import type { TargetCatalog } from '../../ports/compute/target-catalog';
import type { Ids } from '../../ports/ids';
import type { Jobs } from '../../ports/jobs';
import type { Log } from '../../ports/log';
import type { Records } from '../../ports/records';
import type { RebuiltReplicas } from '../../service/upkeep/rebuild-catalogue';
import type { Authority } from '../identity/authorize';
import type { Caller } from '../identity/tokens';

/** What operations work with. */
export interface ApiServices {
  readonly records: Records;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly authority: Authority;
  /** Writes the next few replicas after this one into the catalogue again, from the target account. */
  readonly rebuildReplicas: (afterId?: string) => Promise<RebuiltReplicas>;
  /** What the cloud that machines are recovered to offers; undefined where none is configured. */
  readonly targetCatalog?: () => Pick<TargetCatalog, 'sizes'> | undefined;
  /** What a client is asked to wait between two looks at a job; 0 leaves it to the client. */
  readonly retryAfterInSeconds: number;
}

/** One call of an operation, with everything that was checked on the way. */
export interface Call {
  readonly services: ApiServices;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  /** The vault's ARM id; empty for the few operations above vaults. */
  readonly vaultId: string;
  /** The ARM id of the resource that the path names, without a verb at its end. */
  readonly resourceId: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly headers: { get(name: string): string | null };
  /** Scheme and host, as the caller knows them. */
  readonly address: string;
  /** The path as it came. */
  readonly path: string;
  readonly apiVersion: string;
  readonly activityId: string;
}
