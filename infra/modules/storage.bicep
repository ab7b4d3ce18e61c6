// One storage account. No shared keys, so no connection strings and no account SAS: callers bring tokens, and agents a
// user-delegation SAS that can create and nothing else.

@maxLength(24)
param name string
param location string
param tags object
param redundancy string
param principalId string
param isPrivate bool

@description('Containers that must be there before the first call.')
param containers string[] = []

@description('True for the account of the Functions host, which also needs queues and tables.')
param isFunctionsHost bool = false

@description('Blobs untouched for so many days are deleted; 0: never.')
param deleteAfterDays int = 0

@description('Deleted blobs can be brought back for so many days; 0: not at all.')
param softDeleteDays int = 0

@description('Address of the key that encrypts the account; empty: a key of the platform.')
param keyUri string = ''

@description('The identity that may use that key.')
param keyIdentityId string = ''

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var roleIds = isFunctionsHost ? [blobDataOwner, queueDataContributor, tableDataContributor] : [blobDataContributor]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  identity: empty(keyUri) ? null : { type: 'UserAssigned', userAssignedIdentities: { '${keyIdentityId}': {} } }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { bypass: 'AzureServices', defaultAction: isPrivate ? 'Deny' : 'Allow' }
    encryption: empty(keyUri)
      ? { keySource: 'Microsoft.Storage', requireInfrastructureEncryption: true }
      : {
          keySource: 'Microsoft.Keyvault'
          requireInfrastructureEncryption: true
          identity: { userAssignedIdentity: keyIdentityId }
          keyvaultproperties: {
            keyname: split(keyUri, '/')[4]
            keyvaulturi: 'https://${split(keyUri, '/')[2]}'
          }
        }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: softDeleteDays > 0 ? { enabled: true, days: softDeleteDays } : { enabled: false }
    containerDeleteRetentionPolicy: softDeleteDays > 0 ? { enabled: true, days: softDeleteDays } : { enabled: false }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = if (deleteAfterDays > 0) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'delete-what-nobody-needs'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: deleteAfterDays } } }
          }
        }
      ]
    }
  }
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in roleIds: {
    name: guid(account.id, principalId, roleId)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
