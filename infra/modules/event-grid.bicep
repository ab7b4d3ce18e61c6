// The second doorbell: storage itself says that a change log has arrived. Agents ring the first one, so nothing depends on
// this; it shortens the wait where an agent's bell was lost. A subscription needs the function to be there already, so it is
// switched on after the first deployment.

@maxLength(50)
param name string
param location string
param tags object
param storageAccountName string
param functionAppId string
param isOn bool

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  properties: { source: account.id, topicType: 'Microsoft.Storage.StorageAccounts' }
}

resource changeLogs 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (isOn) {
  parent: topic
  name: 'change-logs'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'AzureFunction'
      properties: { resourceId: '${functionAppId}/functions/eventGridCache', maxEventsPerBatch: 1 }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/logs-'
    }
    retryPolicy: { maxDeliveryAttempts: 10, eventTimeToLiveInMinutes: 60 }
  }
}
