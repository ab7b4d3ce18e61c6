import { agentFace } from '../agents/agent-face';
import type { Jobs } from '../ports/jobs';
import type { Log } from '../ports/log';
import type { Answer } from '../service/answer-doorbell';
import { WishBoard } from '../service/agents/wish-board';
import { purgeDeleted } from '../service/deleted/purge-deleted';
import { purgeDue, type PurgedItems } from '../service/deleted/purge-due';
import { checkUndelete, endUndelete, restoreProtection } from '../service/deleted/undelete';
import { checkPrerequisites } from '../service/protection/enable/check-prerequisites';
import { createTarget } from '../service/protection/enable/create-target';
import { endDisable } from '../service/protection/end-disable';
import { prepareAgent } from '../service/protection/enable/prepare-agent';
import { endEnable, updateServers } from '../service/protection/enable/end-enable';
import { finalizeItem } from '../service/protection/review/finalize';
import { ingest } from '../service/protection/review/ingest';
import { runItemJob } from '../service/protection/item-jobs';
import type { ProtectionPorts } from '../service/protection/protection-ports';
import { checkDisable, cleanUp, purge, stopReplication } from '../service/protection/remove-replication';
import { reviewItem } from '../service/protection/review/review-item';
import { enableReplication, startInitialReplication } from '../service/protection/enable/start-replication';
import { sweepItems, type SweptItems } from '../service/protection/review/sweep-items';
import { replicasWithSites } from '../service/sites/site-replicas';
import { sitesOn } from '../service/sites/sites';
import type { Face } from './face';
import type { Replication } from './replication';

export interface ProtectionParts extends Pick<Replication, 'ports' | 'replicas' | 'grants'> {
  readonly log: Log;
  /** Where machines are recovered to, and what their agents call us by. */
  readonly target?: Pick<ProtectionPorts, 'cloud' | 'serviceUrl'>;
}

export interface WiredProtection {
  readonly ports: ProtectionPorts;
  /** What the steps of protection's jobs call. */
  readonly steps: ReturnType<typeof stepsOf>;
  readonly face: Face;
  readonly ingest: (replicaId: string, jobs: Jobs) => Promise<Answer>;
  readonly sweep: (jobs: Jobs) => Promise<SweptItems>;
  /** Starts to purge the deleted items whose time is over. */
  readonly purgeDue: (jobs: Jobs) => Promise<PurgedItems>;
}

/** Agents, and the machines they protect. */
export function wireProtection({
  ports: replication,
  replicas,
  grants,
  log,
  target,
}: ProtectionParts): WiredProtection {
  const { records, clock, ids, doorbells, events } = replication;
  const board = new WishBoard({ records, clock, events });
  const ports: ProtectionPorts = {
    records,
    clock,
    ids,
    doorbells,
    events,
    grants,
    replicas: replicasWithSites({ replication, board, own: replicas }),
    sites: sitesOn(replication),
    board,
    log,
    ...target,
  };
  return {
    ports,
    steps: stepsOf(ports),
    face: agentFace({
      ports,
      board,
      log,
      onReport: async (itemIds, jobs) => {
        for (const itemId of itemIds) await reviewItem({ ...ports, jobs }, itemId);
      },
    }),
    ingest: (replicaId, jobs) => ingest(replication, { ...ports, jobs }, replicaId),
    sweep: (jobs) => sweepItems(replication, { ...ports, jobs }),
    purgeDue: (jobs) => purgeDue({ ...ports, jobs }),
  };
}

function stepsOf(ports: ProtectionPorts) {
  const bound = <I, R>(run: (ports: ProtectionPorts, input: I) => R): ((input: I) => R) => {
    return (input) => run(ports, input);
  };
  return {
    checkPrerequisites: bound(checkPrerequisites),
    createProtectionTarget: bound(createTarget),
    prepareAgent: bound(prepareAgent),
    enableReplication: bound(enableReplication),
    startInitialReplication: bound(startInitialReplication),
    updateServers: bound(updateServers),
    endEnable: bound(endEnable),
    finalizeItem: bound(finalizeItem),
    checkDisable: bound(checkDisable),
    stopReplication: bound(stopReplication),
    cleanUp: bound(cleanUp),
    endDisable: bound(endDisable),
    purge: bound(purge),
    runItemJob: bound(runItemJob),
    checkUndelete: bound(checkUndelete),
    restoreProtection: bound(restoreProtection),
    endUndelete: bound(endUndelete),
    purgeDeleted: bound(purgeDeleted),
  };
}
