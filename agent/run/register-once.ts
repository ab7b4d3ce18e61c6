import type { AgentRole } from '../../shared/contracts/agent/identity';
import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import { ServiceClient } from '../service/service-client';
import type { AgentState } from './agent-state';

export interface RegisterOnce {
  readonly url: string;
  /** Needed once. */
  readonly token?: string | undefined;
  readonly name: string;
  readonly hostId: string;
  readonly version: string;
  readonly roles: readonly AgentRole[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly certificateAuthority?: string | undefined;
}

/** The agent's id: the one it is registered under, or else a new one for its token. */
export async function registerOnce(state: AgentState, options: RegisterOnce): Promise<string> {
  const known = state.registered;
  if (known !== undefined) return known.agentId;
  const { clock, ids, certificateAuthority, token, name, hostId, version } = options;
  if (token === undefined) throw new Error('this agent is not registered yet: it needs a registration token');
  const key = state.key();
  const service = new ServiceClient({ url: new URL(options.url), key, clock, ids, certificateAuthority });
  const { agentId, vaultId, fabricName } = await service.register({
    ...{ token, publicKey: key.publicKey, name, version, hostId },
    roles: [...options.roles],
  });
  await state.register({ url: options.url, agentId, vaultId, fabricName });
  return agentId;
}
