import { Fabric, Provider } from '../../../contracts/catalogue/site';
import type { HealthError } from '../../../contracts/catalogue/resource';
import { isRefusal } from '../../../errors';
import { uuidOf } from '../../agents/agent-records';
import { changeResource, readResource } from '../../catalogue/resources';
import { changeItem, fabricIdOf } from '../item-records';
import { checkTarget } from './check-target';
import { resolvedOf } from './item-health';
import type { ProtectionOffice, TargetFinding } from '../protection-ports';
import type { ReviewedItem } from './reviewed-item';

const validatedEveryInMs = 12 * 3_600_000;
const silenceLimitInMs = 15 * 60_000;

/** Twice a day, and whenever a consistency check of the fabric was asked for: is everything there that a failover needs? */
export async function validateItem(office: ProtectionOffice, reviewed: ReviewedItem): Promise<void> {
  const { itemId, item } = reviewed;
  const fabric = await readResource(office.records, fabricIdOf(itemId));
  const asked = Number(Fabric.safeParse(fabric?.resource.properties).data?.['consistencyCheckedAtInMs'] ?? 0);
  const validatedAtInMs = Number(item['validatedAtInMs'] ?? 0);
  const now = office.clock.now();
  if (now - validatedAtInMs < validatedEveryInMs && asked <= validatedAtInMs) return;
  const findings = [...(await missingLinks(office, reviewed)), ...(await checkTarget(office, item))];
  const errors = findings.map((finding) => healthErrorOf(itemId, finding, now));
  const ids = new Set(errors.map(({ id }) => id));
  await changeItem(office.records, itemId, (current) => ({
    validationErrors: errors,
    // What has gone may come back, and is then news again.
    resolvedErrors: resolvedOf(current).filter((id) => ids.has(id)),
    failoverHealth: errors.length === 0 ? 'Normal' : 'Critical',
    validatedAtInMs: now,
  }));
}

async function missingLinks(
  { records }: ProtectionOffice,
  { item }: ReviewedItem,
): Promise<readonly TargetFinding[]> {
  const links = { policy: item.policyId, mapping: item.mappingId, server: item.providerId };
  const findings: TargetFinding[] = [];
  for (const [name, id] of Object.entries(links)) {
    if (id === undefined || (await readResource(records, id)) !== undefined) continue;
    findings.push({
      code: 'LinkMissing',
      message: `The ${name} of the item is gone: ${id}.`,
      action: `Create the ${name} again, or protect the machine anew.`,
    });
  }
  return findings;
}

/** A validator's finding, as health shows it. */
function healthErrorOf(
  itemId: string,
  { code, message, action }: TargetFinding,
  nowInMs: number,
): HealthError {
  return {
    id: uuidOf(itemId.toLowerCase(), code, message),
    ...{
      code,
      level: 'Error',
      category: 'Configuration',
      summary: message,
      message,
      causes: message,
      action,
    },
    createdAtInMs: nowInMs,
    resolvable: true,
  };
}

/** Shows a server as disconnected once its agent has been silent for long. */
export async function noteSilence(
  { records, clock }: ProtectionOffice,
  { item, status }: ReviewedItem,
): Promise<void> {
  if (item.providerId === undefined || status === undefined) return;
  if (clock.now() - status.saidAtMs <= silenceLimitInMs) return;
  try {
    await changeResource(records, item.providerId, (current) => {
      const provider = Provider.safeParse(current.properties).data;
      if (provider?.connected !== true) return undefined;
      return { ...current, properties: { ...current.properties, connected: false } };
    });
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}
