import { describeCalls } from '../agents/describe-calls';
import type { ApiAnswer, ApiRequest } from '../arm/http/exchange';
import { authority } from '../arm/identity/authorize';
import type { VerifyToken } from '../arm/identity/tokens';
import { documentation } from '../arm/openapi/documentation-face';
import { armFace } from '../arm/router/arm-face';
import type { Clock } from '../ports/clock';
import type { TargetCatalog } from '../ports/compute/target-catalog';
import type { Ids } from '../ports/ids';
import type { Jobs } from '../ports/jobs';
import type { Log } from '../ports/log';
import type { Records } from '../ports/records';
import { auditTrail } from '../service/audit/audit-trail';
import type { RebuiltReplicas } from '../service/upkeep/rebuild-catalogue';
import type { Face } from './face';

export interface ApiParts {
  readonly records: Records;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly verify: VerifyToken;
  readonly rebuildReplicas: (afterId?: string) => Promise<RebuiltReplicas>;
  /** What the cloud that machines are recovered to offers; undefined where none is configured. */
  readonly targetCatalog?: () => Pick<TargetCatalog, 'sizes'> | undefined;
  readonly retryAfterInSeconds: number;
  /** What answers beside the Site Recovery API. */
  readonly faces: readonly Face[];
}

export type Api = (request: ApiRequest, jobs: Jobs) => Promise<ApiAnswer>;

/** Everything the one HTTP function answers. A path that no face claims is the Site Recovery API's. */
export function wireApi({ verify, retryAfterInSeconds, faces, ...ports }: ApiParts): Api {
  const services = { ...ports, retryAfterInSeconds, authority: authority(ports.records, ports.clock) };
  const arm = armFace({ services, verify, audit: auditTrail(ports.records) });
  const all: readonly Face[] = [...documentation(describeCalls), ...faces];
  return (request, jobs) => {
    const { pathname } = new URL(request.url);
    const face = all.find(({ prefix }) => pathname === prefix || pathname.startsWith(`${prefix}/`));
    return face === undefined ? arm(request, jobs) : face.handle(request, jobs);
  };
}
