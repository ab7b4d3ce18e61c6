import type { EpochRequest } from '../../contracts/agent/transfer';
import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ItemWish } from '../../contracts/agents/agent-wish';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { AgentPorts } from './agent-ports';
import { isRefusal } from '../../errors';
import type { StartEpoch } from '../replicas';
import { ownReplica } from './answer-requests';
import type { WishBoard } from './wish-board';

/**
 * A new epoch for a stream that cannot go on. Asking again for the same epoch gives the same new one. A `continue` whose
 * base is not there becomes a `rebase`: the disk is compared instead.
 */
export async function askEpoch(
  ports: AgentPorts & { readonly board: WishBoard },
  agent: AgentRecord,
  { replicaId, ...request }: EpochRequest & { readonly replicaId: string },
): Promise<void> {
  const wished = await ownReplica(ports, agent, replicaId);
  if (wished.epoch !== request.epoch || wished.mode === 'stop' || wished.mode === 'readOnly') return;
  const { kind, epoch, chainHead } = await startAsked(ports, { replicaId, ...request });
  const isWhole = wished.mode === 'copy' && !(await hasPoint(ports, replicaId));
  const mode = kind === 'continue' ? 'continue' : isWhole ? 'copy' : 'resync';
  await ports.board.change(agent.agentId, (wish) => ({
    ...wish,
    items: wish.items.map((item): ItemWish => {
      if (!item.replicas.some((each) => each.replicaId === replicaId)) return item;
      const replicas = item.replicas.map((each): DesiredReplica =>
        each.replicaId === replicaId && each.epoch === request.epoch
          ? { ...each, mode, epoch, chainHead }
          : each,
      );
      return { ...item, replicas, isSettled: false };
    }),
  }));
}

async function startAsked(
  { replicas }: AgentPorts,
  request: EpochRequest & { readonly replicaId: string },
): Promise<{ kind: 'rebase' | 'continue'; epoch: number; chainHead: string }> {
  const { replicaId, epoch, reason, sealed, chainHead } = request;
  const asked: Omit<StartEpoch, 'kind'> = { replicaId, reason, job: `agent-${replicaId}-${epoch}` };
  if (request.kind === 'continue') {
    const base = { position: { epoch, sequence: sealed }, ...(chainHead === undefined ? {} : { chainHead }) };
    try {
      const started = await replicas.startEpoch({ ...asked, kind: 'continue', base });
      return { kind: 'continue', ...started };
    } catch (error) {
      if (!isRefusal(error, 'BaseMoved')) throw error;
    }
  }
  return { kind: 'rebase', ...(await replicas.startEpoch({ ...asked, kind: 'rebase' })) };
}

/** Where there never was a point, most of the disk may be missing: comparing would only cost. */
async function hasPoint({ replicas }: AgentPorts, replicaId: string): Promise<boolean> {
  return (await replicas.read(replicaId))?.lastPoint !== null;
}
