// What the platform can see from outside. RPO, lag and health come from lifeboat itself, as events and metrics.

param tags object
param email string
param serviceBusId string
param doorbellQueue string
param functionAppId string
param targetStorageId string

var actions = empty(email) ? [] : [{ actionGroupId: operators!.id }]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'lifeboat-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'lifeboat'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var watched = [
  {
    name: 'lifeboat-dead-letters'
    description: 'A doorbell could not be answered in all its attempts. The sweep still finds the disk; look why.'
    scope: serviceBusId
    metric: 'DeadletteredMessages'
    namespace: 'Microsoft.ServiceBus/namespaces'
    aggregation: 'Maximum'
    threshold: 0
    dimensions: [{ name: 'EntityName', operator: 'Include', values: [doorbellQueue] }]
  }
  {
    name: 'lifeboat-backlog'
    description: 'Doorbells come faster than they are answered.'
    scope: serviceBusId
    metric: 'ActiveMessages'
    namespace: 'Microsoft.ServiceBus/namespaces'
    aggregation: 'Average'
    threshold: 1000
    dimensions: [{ name: 'EntityName', operator: 'Include', values: [doorbellQueue] }]
  }
  {
    name: 'lifeboat-server-errors'
    description: 'The service answers with 5xx.'
    scope: functionAppId
    metric: 'Http5xx'
    namespace: 'Microsoft.Web/sites'
    aggregation: 'Total'
    threshold: 10
    dimensions: []
  }
  {
    name: 'lifeboat-target-throttled'
    description: 'The target account cannot keep up; put some machines into a second one.'
    scope: targetStorageId
    metric: 'Transactions'
    namespace: 'Microsoft.Storage/storageAccounts'
    aggregation: 'Total'
    threshold: 100
    dimensions: [{ name: 'ResponseType', operator: 'Include', values: ['ServerBusyError'] }]
  }
]

resource alerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for watch in watched: {
    name: watch.name
    location: 'global'
    tags: tags
    properties: {
      description: watch.description
      severity: 2
      enabled: true
      scopes: [watch.scope]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: watch.metric
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: watch.namespace
            metricName: watch.metric
            operator: 'GreaterThan'
            threshold: watch.threshold
            timeAggregation: watch.aggregation
            dimensions: watch.dimensions
          }
        ]
      }
      actions: actions
    }
  }
]
