import { systemIds } from '../../shared/system/system-ids';
import type { Clock } from '../../shared/ports/clock';
import { AgentKey } from '../service/agent-key';
import { ServiceClient } from '../service/service-client';
import { ServiceRefusal } from '../service/service-refusal';
import { claimFolder } from '../system/claim-folder';
import { AgentState } from './agent-state';

export interface RotateKeyOptions {
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly certificateAuthority?: string | undefined;
}

/**
 * Replaces the agent's key, here and at the service; the agent must not run meanwhile. The new key is kept before the
 * service hears of it, so that a second try ends what a first one that died had begun. Returns the new public key.
 */
export async function rotateKey({
  stateFolder,
  clock,
  certificateAuthority,
}: RotateKeyOptions): Promise<string> {
  const state = new AgentState(stateFolder);
  const claim = await claimFolder(stateFolder);
  try {
    const { registered } = state;
    if (registered === undefined) throw new Error('this agent is not registered yet');
    const { url, agentId } = registered;
    const next = state.nextKey();
    const callAs = (key: AgentKey): Promise<void> =>
      new ServiceClient({
        ...{ url: new URL(url), agentId, clock, ids: systemIds, certificateAuthority, key },
      }).rotateKey(new AgentKey(next).publicKey);
    await callAs(state.key()).catch((error: unknown) => {
      // The service may know only the new key: an earlier try came so far.
      if (error instanceof ServiceRefusal && error.status === 401) return callAs(new AgentKey(next));
      throw error;
    });
    await state.replaceKey(next);
    return new AgentKey(next).publicKey;
  } finally {
    claim.release();
  }
}
