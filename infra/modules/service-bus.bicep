// Doorbells in, events out. The entities are those of service-bus-entities.json, which the local broker reads as well.

@maxLength(50)
param name string
param location string
param tags object
param principalId string
param isPrivate bool

var entities = loadJsonContent('../service-bus-entities.json')
var subscriptions = flatten(map(
  entities.topics,
  topic =>
    map(topic.subscriptions, subscription => {
      path: '${topic.name}/${subscription.name}'
      lockDuration: subscription.?lockDuration ?? 'PT1M'
      maxDeliveryCount: subscription.?maxDeliveryCount ?? 10
      defaultMessageTimeToLive: subscription.defaultMessageTimeToLive
    })
))
var sender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var receiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  // Private endpoints are a matter of the Premium tier; sessions and topics need Standard.
  sku: isPrivate ? { name: 'Premium', tier: 'Premium', capacity: 1 } : { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queue in entities.queues: {
    parent: namespace
    name: queue.name
    properties: {
      requiresSession: queue.requiresSession
      lockDuration: queue.lockDuration
      maxDeliveryCount: queue.maxDeliveryCount
      defaultMessageTimeToLive: queue.defaultMessageTimeToLive
      deadLetteringOnMessageExpiration: queue.deadLetteringOnMessageExpiration
    }
  }
]

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [
  for topic in entities.topics: {
    parent: namespace
    name: topic.name
  }
]

resource topicSubscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for subscription in subscriptions: {
    name: '${name}/${subscription.path}'
    properties: {
      lockDuration: subscription.lockDuration
      maxDeliveryCount: subscription.maxDeliveryCount
      defaultMessageTimeToLive: subscription.defaultMessageTimeToLive
    }
    dependsOn: [topics]
  }
]

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in [sender, receiver]: {
    name: guid(namespace.id, principalId, roleId)
    scope: namespace
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

output id string = namespace.id
output hostName string = '${namespace.name}.servicebus.windows.net'
output doorbellQueue string = entities.queues[0].name
output eventsTopic string = entities.topics[0].name
