import { KeeperCall } from '../../../shared/contracts/agent/site';
import { isRefusal } from '../../../shared/errors';
import type { Replicas, StartEpoch } from '../../../shared/service/replicas';

/** Does what the service asked of a kept replica. A refusal is an answer: the service throws it on. */
export async function answerKeeperCall(
  replicas: Replicas,
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const call = KeeperCall.parse(parameters);
  try {
    return { answer: (await perform(replicas, call)) ?? null };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refusal: { code: error.code, message: error.message } };
  }
}

async function perform(replicas: Replicas, call: KeeperCall): Promise<unknown> {
  switch (call.call) {
    case 'create':
      await replicas.create(call);
      return undefined;
    case 'setPolicy':
      return replicas.setPolicy(call.replicaId, call.policy);
    case 'setOwner':
      return replicas.setOwner(call.replicaId, call.ownerId);
    case 'grow':
      return replicas.grow(call.replicaId, call.sizeBytes);
    case 'startEpoch':
      return replicas.startEpoch(epochAsked(call));
    case 'pinPoint':
      return replicas.pinPoint(call.pointId, call.job);
    case 'unpinPoint':
      return replicas.unpinPoint(call.pointId, call.job);
    case 'materialise':
      return replicas.materialise(call);
    case 'digests': {
      const { segment, segmentCount, bytes } = await replicas.digests(
        call.replicaId,
        call.epoch,
        call.segment,
      );
      return { segment, segmentCount, base64: Buffer.from(bytes).toString('base64') };
    }
    case 'remove':
      return replicas.remove(call.replicaId, call.job);
  }
}

function epochAsked({
  replicaId,
  kind,
  reason,
  job,
  base,
}: Extract<KeeperCall, { call: 'startEpoch' }>): StartEpoch {
  if (base === undefined) return { replicaId, kind, reason, job };
  const { position, chainHead } = base;
  return {
    ...{ replicaId, kind, reason, job },
    base: { position, ...(chainHead === undefined ? {} : { chainHead }) },
  };
}
