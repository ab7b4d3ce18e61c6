targetScope = 'subscription'

// Everything lifeboat needs in a subscription. The service and the replicas live in the region that machines are
// recovered to: what must work on the day the source region is gone must not depend on it. Only the cache is in the
// source region, beside the machines.

@description('Names this deployment; azd sets it.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('The region that machines are recovered to. The service and the replica disks live here.')
param location string

@description('The region that machines run in. The cache, where change logs land first, lives here.')
param sourceLocation string

@description('Application (client) id or URI that callers ask tokens for.')
param apiAudience string

@description('Resource groups, in this subscription, whose machines may be protected.')
param sourceResourceGroups string[] = []

@description('Whom alerts are mailed to; empty: nobody.')
param alertEmail string = ''

@description('The OpenTelemetry collector that the app sends traces, measures and logs to; empty: to none.')
param otlpEndpoint string = ''

@description('True: every service is reached over private endpoints only, and agents need a line into the network.')
param isPrivate bool = false

@description('True: cache and target are encrypted with a key in the Key Vault of this deployment.')
param useCustomerManagedKey bool = false

@description('Who remembers orchestrations: the Durable Task Scheduler, or tables and queues of the host account.')
@allowed(['scheduler', 'storage'])
param durableBackend string = 'scheduler'

@description('True, after the first deployment: the cache account rings the doorbell as well.')
param ringFromCache bool = false

@description('Copies of the replica disks: within a zone, across zones, or also in the paired region.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param targetRedundancy string = 'Standard_ZRS'

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource serviceGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

resource cacheGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}-cache'
  location: sourceLocation
  tags: tags
}

resource machineGroup 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}-machines'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: serviceGroup
  params: { name: 'id-${token}', location: location, tags: tags }
}

module network 'modules/network.bicep' = if (isPrivate) {
  name: 'network'
  scope: serviceGroup
  params: { name: 'vnet-${token}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: serviceGroup
  params: {
    workspaceName: 'log-${token}'
    insightsName: 'appi-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  scope: serviceGroup
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'host-storage'
  scope: serviceGroup
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    redundancy: 'Standard_ZRS'
    containers: ['deployments']
    principalId: identity.outputs.principalId
    isFunctionsHost: true
    isPrivate: isPrivate
  }
}

module cacheStorage 'modules/storage.bicep' = {
  name: 'cache-storage'
  scope: cacheGroup
  params: {
    name: 'stcache${token}'
    location: sourceLocation
    tags: tags
    redundancy: 'Standard_LRS'
    // The agent keeps its own copy of a log until the log is durable in the target. What is still here after a month
    // belongs to a machine that needs resynchronisation anyway, or to nobody.
    deleteAfterDays: 30
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
    keyUri: useCustomerManagedKey ? keyVault.outputs.storageKeyUri : ''
    keyIdentityId: identity.outputs.id
  }
}

// No lifecycle rule here, on purpose: recovery points are removed by lifeboat's retention and by nothing else.
module targetStorage 'modules/storage.bicep' = {
  name: 'target-storage'
  scope: serviceGroup
  params: {
    name: 'sttarget${token}'
    location: location
    tags: tags
    redundancy: targetRedundancy
    containers: ['replicas', 'documents']
    softDeleteDays: 14
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
    keyUri: useCustomerManagedKey ? keyVault.outputs.storageKeyUri : ''
    keyIdentityId: identity.outputs.id
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  scope: serviceGroup
  params: {
    name: 'sb-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
  }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  scope: serviceGroup
  params: {
    name: 'cosmos-${token}'
    location: location
    tags: tags
    databaseName: 'lifeboat'
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
  }
}

module scheduler 'modules/durable-task-scheduler.bicep' = if (durableBackend == 'scheduler') {
  name: 'durable-task-scheduler'
  scope: serviceGroup
  params: {
    name: 'dts-${token}'
    location: location
    tags: tags
    taskHubName: 'lifeboat'
    principalId: identity.outputs.principalId
    isPrivate: isPrivate
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: serviceGroup
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    packageContainerUri: '${hostStorage.outputs.blobEndpoint}deployments'
    cacheBlobEndpoint: cacheStorage.outputs.blobEndpoint
    targetBlobEndpoint: targetStorage.outputs.blobEndpoint
    targetStorageId: targetStorage.outputs.id
    serviceBusHost: serviceBus.outputs.hostName
    doorbellQueue: serviceBus.outputs.doorbellQueue
    eventsTopic: serviceBus.outputs.eventsTopic
    cosmosEndpoint: cosmos.outputs.endpoint
    cosmosDatabase: cosmos.outputs.databaseName
    taskHubName: 'lifeboat'
    schedulerEndpoint: durableBackend == 'scheduler' ? scheduler!.outputs.endpoint : ''
    insightsConnectionString: monitoring.outputs.connectionString
    apiAudience: apiAudience
    otlpEndpoint: otlpEndpoint
    subnetId: isPrivate ? network!.outputs.functionsSubnetId : ''
  }
}

module cacheEvents 'modules/event-grid.bicep' = {
  name: 'cache-events'
  scope: cacheGroup
  params: {
    name: 'egst-${token}'
    location: sourceLocation
    tags: tags
    storageAccountName: cacheStorage.outputs.name
    functionAppId: functionApp.outputs.id
    isOn: ringFromCache
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (isPrivate) {
  name: 'private-endpoints'
  scope: serviceGroup
  params: {
    location: location
    tags: tags
    subnetId: network!.outputs.endpointsSubnetId
    networkId: network!.outputs.id
    token: token
    services: concat(
      [
        { name: 'host-blob', id: hostStorage.outputs.id, group: 'blob', zone: 'blob' }
        { name: 'host-queue', id: hostStorage.outputs.id, group: 'queue', zone: 'queue' }
        { name: 'host-table', id: hostStorage.outputs.id, group: 'table', zone: 'table' }
        { name: 'cache', id: cacheStorage.outputs.id, group: 'blob', zone: 'blob' }
        { name: 'target', id: targetStorage.outputs.id, group: 'blob', zone: 'blob' }
        { name: 'bus', id: serviceBus.outputs.id, group: 'namespace', zone: 'bus' }
        { name: 'cosmos', id: cosmos.outputs.id, group: 'Sql', zone: 'cosmos' }
        { name: 'vault', id: keyVault.outputs.id, group: 'vault', zone: 'vault' }
      ],
      durableBackend == 'scheduler'
        ? [{ name: 'scheduler', id: scheduler!.outputs.id, group: 'scheduler', zone: 'scheduler' }]
        : []
    )
  }
}

module roles 'modules/custom-roles.bicep' = {
  name: 'custom-roles'
  params: { token: token }
}

module machineRole 'modules/role-on-group.bicep' = {
  name: 'machine-role'
  scope: machineGroup
  params: { roleDefinitionId: roles.outputs.targetRoleId, principalId: identity.outputs.principalId }
}

module sourceRoles 'modules/role-on-group.bicep' = [
  for (group, index) in sourceResourceGroups: {
    name: 'source-role-${index}'
    scope: resourceGroup(group)
    params: { roleDefinitionId: roles.outputs.sourceRoleId, principalId: identity.outputs.principalId }
  }
]

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: serviceGroup
  params: {
    tags: tags
    email: alertEmail
    serviceBusId: serviceBus.outputs.id
    doorbellQueue: serviceBus.outputs.doorbellQueue
    functionAppId: functionApp.outputs.id
    targetStorageId: targetStorage.outputs.id
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = serviceGroup.name
output LIFEBOAT_ENDPOINT string = functionApp.outputs.endpoint
output LIFEBOAT_MACHINE_GROUP string = machineGroup.name
