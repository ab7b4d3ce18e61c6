import { z } from 'zod';
import type { Resource } from '../../contracts/catalogue/resource';
import { SecuritySettings } from '../../contracts/catalogue/soft-delete-settings';
import { isRefusal, LifeboatError } from '../../errors';
import { vaultsPartition } from '../../model/resource-id';
import {
  createResource,
  putResource,
  readResource,
  removeResource,
  replaceResource,
} from '../../service/catalogue/resources';
import { Resource as ResourceSchema } from '../../contracts/catalogue/resource';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { checkConditions } from '../resources/read';
import { refuseIfHeld } from '../jobs/control';
import { changedSecurity } from './security-settings';

const properties = z.looseObject({ securitySettings: SecuritySettings.nullish() }).nullish();
const tags = z.record(z.string().max(512), z.string().max(256)).nullish();

export const VaultBody = z.looseObject({
  location: z.string().min(1).max(100),
  tags,
  sku: z.looseObject({ name: z.string() }).nullish(),
  properties,
  identity: z.looseObject({ type: z.string() }).nullish(),
});

export const VaultPatch = z.looseObject({
  location: z.string().max(100).nullish(),
  tags,
  sku: z.looseObject({ name: z.string() }).nullish(),
  properties,
  identity: z.looseObject({ type: z.string() }).nullish(),
});

/** Creates a vault, or changes it. Done when it answers. */
export async function putVault(call: Call, body: z.infer<typeof VaultBody>): Promise<ApiAnswer> {
  const stored = await readResource(call.services.records, call.resourceId);
  checkConditions(call, stored?.etag);
  const sameRegion = stored?.resource.location?.toLowerCase().replaceAll(' ', '');
  if (sameRegion !== undefined && sameRegion !== body.location.toLowerCase().replaceAll(' ', '')) {
    throw new LifeboatError(
      'Conflict',
      `The vault is there already, in "${stored?.resource.location ?? ''}".`,
      {
        target: 'location',
      },
    );
  }
  const resource: Resource = {
    id: stored?.resource.id ?? call.resourceId,
    name: stored?.resource.name ?? call.params['resourceName'] ?? '',
    type: 'Microsoft.RecoveryServices/vaults',
    location: stored?.resource.location ?? body.location,
    tags: body.tags ?? {},
    properties: {
      sku: body.sku ?? { name: 'RS0', tier: 'Standard' },
      ...withSecurity(stored?.resource.properties, body.properties),
    },
  };
  const written = await write(call, resource, stored?.etag);
  return { ...ok(presentVault(written.resource, written.etag)), status: stored === undefined ? 201 : 200 };
}

export async function patchVault(call: Call, body: z.infer<typeof VaultPatch>): Promise<ApiAnswer> {
  const stored = await requiredVault(call);
  checkConditions(call, stored.etag);
  const resource: Resource = {
    ...stored.resource,
    ...(body.tags === null || body.tags === undefined ? {} : { tags: body.tags }),
    properties: {
      ...stored.resource.properties,
      ...withSecurity(stored.resource.properties, body.properties),
      ...(body.sku === null || body.sku === undefined ? {} : { sku: body.sku }),
    },
  };
  const written = await write(call, resource, stored.etag);
  return ok(presentVault(written.resource, written.etag));
}

/** The properties that were asked for, with the security settings that come of them. */
function withSecurity(
  before: Resource['properties'] | undefined,
  asked: z.infer<typeof properties>,
): Record<string, unknown> {
  const securitySettings = changedSecurity(before?.['securitySettings'], asked?.securitySettings);
  return { ...asked, ...(securitySettings === undefined ? {} : { securitySettings }) };
}

export async function readVault(call: Call): Promise<ApiAnswer> {
  const { resource, etag } = await requiredVault(call);
  return ok(presentVault(resource, etag));
}

/** A vault goes when nothing is protected in it any more. */
export async function deleteVault(call: Call): Promise<ApiAnswer> {
  const stored = await readResource(call.services.records, call.resourceId);
  if (stored === undefined) return { status: 204 };
  checkConditions(call, stored.etag);
  await refuseIfHeld(call, stored.resource.id);
  await removeResource(call.services.records, stored.resource.id);
  return { status: 200 };
}

/** The vaults of a subscription, or of one resource group in it, that the caller may see. */
export async function listVaults(call: Call): Promise<ApiAnswer> {
  const group = call.params['resourceGroupName'];
  const value: unknown[] = [];
  for (
    let continuation: string | undefined, first = true;
    first || continuation !== undefined;
    first = false
  ) {
    const page = await call.services.records.list(vaultsPartition(call.params['subscriptionId'] ?? ''), {
      limit: 500,
      ...(group === undefined ? {} : { idPrefix: `${group.toLowerCase()}/` }),
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (const record of page.records) {
      const resource = ResourceSchema.parse(record.body);
      const maySee = await call.services.authority.mayDo(
        call.caller,
        'Microsoft.RecoveryServices/vaults/read',
        resource.id,
      );
      if (maySee) value.push(presentVault(resource, record.etag));
    }
    continuation = page.continuation;
  }
  return ok({ value, nextLink: null });
}

async function requiredVault(call: Call): Promise<{ resource: Resource; etag: string }> {
  const stored = await readResource(call.services.records, call.resourceId);
  if (stored !== undefined) return stored;
  throw new LifeboatError(
    'NotFound',
    `The vault "${call.params['resourceName'] ?? ''}" could not be found.`,
    {
      target: call.resourceId,
    },
  );
}

async function write(
  call: Call,
  resource: Resource,
  etag: string | undefined,
): Promise<{ resource: Resource; etag: string }> {
  const { records } = call.services;
  const conditional = call.headers.get('if-match') ?? '';
  if (etag !== undefined) {
    return conditional === '' ? putResource(records, resource) : replaceResource(records, resource, etag);
  }
  try {
    return await createResource(records, resource);
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
    if (call.headers.get('if-none-match') !== '*') return putResource(records, resource);
    throw new LifeboatError('PreconditionFailed', 'The vault is there already.', { target: resource.id });
  }
}

/** Vaults, unlike everything in them, are written with a small s. */
function presentVault(resource: Resource, etag: string): Record<string, unknown> {
  const { sku, ...properties } = resource.properties;
  return {
    id: resource.id.replace(/^\/Subscriptions/, '/subscriptions'),
    name: resource.name,
    type: resource.type,
    location: resource.location ?? '',
    tags: resource.tags ?? {},
    etag,
    sku,
    properties: {
      provisioningState: 'Succeeded',
      privateEndpointStateForBackup: 'None',
      privateEndpointStateForSiteRecovery: 'None',
      publicNetworkAccess: 'Enabled',
      ...properties,
    },
  };
}
