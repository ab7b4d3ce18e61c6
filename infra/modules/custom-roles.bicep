targetScope = 'subscription'

// What the service may do to machines, and no more: no role of the platform is as narrow. The first is assigned on the
// group that machines are made in, the second on each group whose machines may be protected.

@maxLength(13)
param token string

var here = subscription().id

resource targetRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, token, 'target')
  properties: {
    roleName: 'Lifeboat target ${token}'
    description: 'Makes, starts, stops and deletes the machines lifeboat recovers.'
    type: 'CustomRole'
    assignableScopes: [here]
    permissions: [
      {
        actions: [
          'Microsoft.Resources/subscriptions/resourceGroups/read'
          'Microsoft.Compute/availabilitySets/read'
          'Microsoft.Compute/availabilitySets/write'
          'Microsoft.Compute/availabilitySets/vmSizes/read'
          'Microsoft.Compute/disks/*'
          'Microsoft.Compute/snapshots/*'
          'Microsoft.Compute/skus/read'
          'Microsoft.Compute/locations/usages/read'
          'Microsoft.Compute/virtualMachines/*'
          'Microsoft.Network/loadBalancers/backendAddressPools/join/action'
          'Microsoft.Network/networkInterfaces/*'
          'Microsoft.Network/networkSecurityGroups/read'
          'Microsoft.Network/networkSecurityGroups/write'
          'Microsoft.Network/networkSecurityGroups/delete'
          'Microsoft.Network/networkSecurityGroups/join/action'
          'Microsoft.Network/publicIPAddresses/read'
          'Microsoft.Network/publicIPAddresses/write'
          'Microsoft.Network/publicIPAddresses/delete'
          'Microsoft.Network/publicIPAddresses/join/action'
          'Microsoft.Network/virtualNetworks/read'
          'Microsoft.Network/virtualNetworks/write'
          'Microsoft.Network/virtualNetworks/delete'
          'Microsoft.Network/virtualNetworks/subnets/read'
          'Microsoft.Network/virtualNetworks/subnets/join/action'
          'Microsoft.Storage/storageAccounts/read'
        ]
        // A running machine's insides are its owner's, not lifeboat's.
        notActions: [
          'Microsoft.Compute/virtualMachines/runCommand/action'
          'Microsoft.Compute/virtualMachines/runCommands/write'
        ]
      }
    ]
  }
}

resource sourceRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(here, token, 'source')
  properties: {
    roleName: 'Lifeboat source ${token}'
    description: 'Reads the machines lifeboat protects, puts its agent on them, and stops them for a planned failover.'
    type: 'CustomRole'
    assignableScopes: [here]
    permissions: [
      {
        actions: [
          'Microsoft.Resources/subscriptions/resourceGroups/read'
          'Microsoft.Compute/availabilitySets/read'
          'Microsoft.Compute/disks/read'
          'Microsoft.Compute/virtualMachines/read'
          'Microsoft.Compute/virtualMachines/instanceView/read'
          'Microsoft.Compute/virtualMachines/deallocate/action'
          'Microsoft.Compute/virtualMachines/start/action'
          'Microsoft.Compute/virtualMachines/extensions/read'
          'Microsoft.Compute/virtualMachines/extensions/write'
          'Microsoft.Compute/virtualMachines/extensions/delete'
          'Microsoft.Network/networkInterfaces/read'
          'Microsoft.Network/virtualNetworks/read'
          'Microsoft.Network/virtualNetworks/subnets/read'
        ]
      }
    ]
  }
}

output targetRoleId string = targetRole.id
output sourceRoleId string = sourceRole.id
