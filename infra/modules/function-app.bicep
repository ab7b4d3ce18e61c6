// The service: Flex Consumption, one user-assigned identity for everything, no key and no connection string to a service.

@maxLength(60)
param name string
@maxLength(60)
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param hostStorageName string
param packageContainerUri string
param cacheBlobEndpoint string
param targetBlobEndpoint string
param targetStorageId string
param serviceBusHost string
param doorbellQueue string
param eventsTopic string
param cosmosEndpoint string
param cosmosDatabase string
param taskHubName string
param apiAudience string
param insightsConnectionString string
param otlpEndpoint string

@description('Empty where orchestrations are kept in the host account.')
param schedulerEndpoint string

@description('Empty where the app is not in a network.')
param subnetId string

var hostSettings = {
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The SDK's default credential takes the identity from here.
  AZURE_CLIENT_ID: identityClientId
}

var schedulerSettings = empty(schedulerEndpoint)
  ? {}
  : {
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
    }

// These are the names of shared/settings.ts; `npm run lint:infra` holds the two together.
var appSettings = {
  SERVICE_BUS__fullyQualifiedNamespace: serviceBusHost
  SERVICE_BUS__credential: 'managedidentity'
  SERVICE_BUS__clientId: identityClientId
  DOORBELL_QUEUE: doorbellQueue
  EVENTS_TOPIC: eventsTopic
  COSMOS_ENDPOINT: cosmosEndpoint
  COSMOS_DATABASE: cosmosDatabase
  CACHE_BLOB_ENDPOINT: cacheBlobEndpoint
  TARGET_BLOB_ENDPOINT: targetBlobEndpoint
  TARGET_STORAGE_ACCOUNT_ID: targetStorageId
  IDENTITY_ISSUER: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  IDENTITY_AUDIENCE: apiAudience
  IDENTITY_TENANT: tenant().tenantId
  ARM_ENDPOINT: environment().resourceManager
  JOB_RETRY_AFTER_SECONDS: '15'
  TASKHUB_NAME: taskHubName
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true }
    functionAppConfig: {
      runtime: { name: 'node', version: '22' }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 100 }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(hostSettings, schedulerSettings, appSettings)
}

resource noPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for entrance in ['ftp', 'scm']: {
    parent: app
    name: entrance
    properties: { allow: false }
  }
]

output id string = app.id
output endpoint string = 'https://${app.properties.defaultHostName}'
