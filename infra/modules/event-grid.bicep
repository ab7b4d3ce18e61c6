// Who else wants to know of new change logs may subscribe here. lifeboat does not: agents ring its doorbell themselves, and
// a bell carries no truth, so a second source of bells would bring nothing.

@maxLength(50)
param name string
param location string
param tags object
param storageAccountName string

@description('Where CloudEvents are posted; empty: nowhere.')
param endpoint string

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  properties: { source: account.id, topicType: 'Microsoft.Storage.StorageAccounts' }
}

resource created 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (!empty(endpoint)) {
  parent: topic
  name: 'change-logs'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    destination: { endpointType: 'WebHook', properties: { endpointUrl: endpoint } }
    filter: { includedEventTypes: ['Microsoft.Storage.BlobCreated'] }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
