import type { ItemWish } from '../../contracts/agents/agent-wish';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { ProtectionPorts } from './protection-ports';
import { agentOf } from './remove-replication';

/** Changes what is wanted for one item; nothing where no agent feeds it. */
export async function changeWish(
  ports: ProtectionPorts,
  { itemId, item }: { readonly itemId: string; readonly item: ProtectedItem },
  how: (wish: ItemWish) => ItemWish,
): Promise<void> {
  const agentId = await agentOf(ports, itemId, item);
  if (agentId === undefined) return;
  await ports.board.change(agentId, (current) => ({
    ...current,
    items: current.items.map((each) => (each.itemId === itemId ? how(each) : each)),
  }));
}
