import { z } from 'zod';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { list, now, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { emptyPage } from '../resources/list';
import { putNow } from '../resources/put-now';
import { readOne } from '../resources/read';
import { LifeboatError } from '../../errors';
import { presentResource } from '../resources/presenters';
import { resourceFor } from '../resources/resource-for';
import { existing } from '../resources/stored';
import {
  deleteVault,
  listVaults,
  patchVault,
  putVault,
  readVault,
  VaultBody,
  VaultPatch,
} from '../vaults/vault-requests';
import { replicationUsages, vaultUsages } from '../vaults/usages';
import { readResource } from '../../service/catalogue/resources';
import { vaultId } from '../../model/resource-id';
import { Nothing } from './fabrics';

const subscription = '/subscriptions/{subscriptionId}';
const group = `${subscription}/resourceGroups/{resourceGroupName}`;
const provider = 'providers/Microsoft.RecoveryServices';
const info = `${vaultPath}/extendedInformation/vaultExtendedInfo`;

const InfoBody = z.looseObject({ properties: z.looseObject({}).nullish() });
const CertificateBody = z.looseObject({
  properties: z
    .looseObject({ authType: z.string().nullish(), certificate: z.string().min(1).max(65_536) })
    .nullish(),
});
const NameBody = z.looseObject({ name: z.string().max(260).nullish(), type: z.string().max(260).nullish() });
const CapabilityBody = z.looseObject({ type: z.string().max(260), properties: z.looseObject({}).nullish() });

const algorithm = { algorithm: 'None', encryptionKey: null, encryptionKeyThumbprint: null };

/** PowerShell reads this when it chooses a vault, whether or not somebody wrote it. */
async function readInfo(call: Call): Promise<ApiAnswer> {
  const stored = await existing(call);
  if (stored !== undefined) return readOne(call);
  const properties = { ...algorithm, integrityKey: null };
  return ok(presentResource(resourceFor(call, { existing: undefined, parent: undefined }, properties)));
}

function writeInfo(call: Call, { properties }: z.infer<typeof InfoBody>): Promise<ApiAnswer> {
  return putNow(call, (before) => ({ ...algorithm, ...before, ...properties }));
}

/** Agents here prove themselves with their own keys; the answer has the shape that clients read. */
async function putCertificate(
  call: Call,
  { properties }: z.infer<typeof CertificateBody>,
): Promise<ApiAnswer> {
  const answer = await putNow(call, () => ({
    certificate: properties?.certificate ?? '',
    authType: 'AzureActiveDirectory',
  }));
  const name = call.params['certificateName'] ?? '';
  return {
    ...answer,
    jsonBody: {
      id: call.resourceId,
      name,
      type: 'Microsoft.RecoveryServices/vaults/certificates',
      properties: {
        authType: 'AzureActiveDirectory',
        certificate: properties?.certificate ?? '',
        friendlyName: name,
        issuer: '',
        resourceId: 1,
        subject: name,
        thumbprint: '',
        aadAuthority: '',
        aadTenantId: '',
        servicePrincipalClientId: '',
        servicePrincipalObjectId: '',
        azureManagementEndpointAudience: '',
      },
    },
  };
}

async function checkName(call: Call, { name }: z.infer<typeof NameBody>): Promise<ApiAnswer> {
  const id = vaultId({
    subscription: call.params['subscriptionId'] ?? '',
    resourceGroup: call.params['resourceGroupName'] ?? '',
    vault: name ?? '',
  });
  if (!/^[A-Za-z][A-Za-z0-9-]{1,49}$/.test(name ?? '')) {
    return ok({
      nameAvailable: false,
      reason: 'Invalid',
      message: 'A vault has a name of 2 to 50 letters, digits and hyphens.',
    });
  }
  const taken = (await readResource(call.services.records, id)) !== undefined;
  return ok(
    taken
      ? { nameAvailable: false, reason: 'AlreadyExists', message: 'There is a vault of this name.' }
      : { nameAvailable: true, reason: null, message: '' },
  );
}

function operationsPage(): Promise<ApiAnswer> {
  return Promise.resolve(emptyPage());
}

function noPrivateLink(call: Call): Promise<ApiAnswer> {
  throw new LifeboatError(
    'NotFound',
    'Private links are made with the network of the installation, not per vault.',
    {
      target: call.resourceId,
    },
  );
}

export const vaultOperations: readonly Operation[] = [
  list('Vaults_ListBySubscriptionId', `${subscription}/${provider}/vaults`, 0, { handle: listVaults }),
  list('Vaults_ListByResourceGroup', `${group}/${provider}/vaults`, 0, { handle: listVaults }),
  read('Vaults_Get', vaultPath, 0, readVault),
  now('Vaults_CreateOrUpdate', ['PUT', vaultPath, 0], VaultBody, putVault),
  now('Vaults_Update', ['PATCH', vaultPath, 0], VaultPatch, patchVault),
  now('Vaults_Delete', ['DELETE', vaultPath, 0], Nothing, deleteVault),
  read('VaultExtendedInfo_Get', info, 1, readInfo),
  now('VaultExtendedInfo_CreateOrUpdate', ['PUT', info, 1], InfoBody, writeInfo),
  now('VaultExtendedInfo_Update', ['PATCH', info, 1], InfoBody, writeInfo),
  now(
    'VaultCertificates_Create',
    ['PUT', `${vaultPath}/certificates/{certificateName}`, 1],
    CertificateBody,
    putCertificate,
  ),
  list('ReplicationUsages_List', `${vaultPath}/replicationUsages`, 1, { handle: replicationUsages }),
  list('Usages_ListByVaults', `${vaultPath}/usages`, 1, { handle: vaultUsages }),
  list('RecoveryServices_Operations_List', `/${provider}/operations`, 1, { handle: operationsPage }),
  list('Operations_List', `${group}/${provider}/operations`, 1, { handle: operationsPage }),
  now(
    'RecoveryServices_CheckNameAvailability',
    ['POST', `${group}/${provider}/locations/{location}/checkNameAvailability`, 1],
    NameBody,
    checkName,
  ),
  now(
    'RecoveryServices_Capabilities',
    ['POST', `${subscription}/${provider}/locations/{location}/capabilities`, 2],
    CapabilityBody,
    (_, { type }) => Promise.resolve(ok({ type, properties: { dnsZones: [] } })),
  ),
  list('PrivateLinkResourcesOperations_List', `${vaultPath}/privateLinkResources`, 2, {
    handle: () => Promise.resolve(emptyPage()),
  }),
  read(
    'PrivateLinkResourcesOperations_Get',
    `${vaultPath}/privateLinkResources/{privateLinkResourceName}`,
    2,
    noPrivateLink,
  ),
  now(
    'RegisteredIdentities_Delete',
    ['DELETE', `${vaultPath}/registeredIdentities/{identityName}`, 2],
    Nothing,
    () => Promise.resolve({ status: 204 }),
  ),
];
