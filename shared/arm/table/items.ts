import { EnableInputBody, enableProtection } from '../items/enable-protection';
import * as bodies from '../items/verb-bodies';
import * as verbs from '../items/verb-requests';
import { containerPath, itemPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { targetComputeSizes } from '../items/target-compute-sizes';
import { Nothing } from './fabrics';

const group = 'ReplicationProtectedItems';
const all = 'replicationProtectedItems';
const post = (verb: string, importance: 0 | 1 | 2): readonly ['POST', string, 0 | 1 | 2] => [
  'POST',
  `${itemPath}/${verb}`,
  importance,
];

export const itemOperations: readonly Operation[] = [
  list(
    'ReplicationProtectableItems_ListByReplicationProtectionContainers',
    `${containerPath}/replicationProtectableItems`,
    0,
    {
      query: ['$filter', '$take', '$skipToken'],
      listing: { type: 'replicationProtectableItems', aliases: { state: 'protectionStatus' } },
    },
  ),
  read(
    'ReplicationProtectableItems_Get',
    `${containerPath}/replicationProtectableItems/{protectableItemName}`,
    0,
  ),
  list(`${group}_ListByReplicationProtectionContainers`, `${containerPath}/${all}`, 0),
  list(`${group}_List`, `${vaultPath}/${all}`, 0, { query: ['$filter', 'skipToken'] }),
  read(`${group}_Get`, itemPath, 0),
  job(`${group}_Create`, ['PUT', itemPath, 0], EnableInputBody, enableProtection),
  job(`${group}_Purge`, ['DELETE', itemPath, 0], Nothing, verbs.purge),
  job(`${group}_Update`, ['PATCH', itemPath, 0], bodies.UpdateBody, verbs.update),
  job(`${group}_AddDisks`, post('addDisks', 1), bodies.ProviderBody, (call, body) =>
    verbs.changeDisks(call, body, 'addDisks'),
  ),
  job(
    `${group}_ApplyRecoveryPoint`,
    post('applyRecoveryPoint', 0),
    bodies.PointBody,
    verbs.applyRecoveryPoint,
  ),
  job(`${group}_FailoverCancel`, post('failoverCancel', 0), Nothing, (call) =>
    verbs.plainVerb(call, 'cancelFailover'),
  ),
  job(`${group}_FailoverCommit`, post('failoverCommit', 0), Nothing, (call) =>
    verbs.plainVerb(call, 'commitFailover'),
  ),
  job(`${group}_PlannedFailover`, post('plannedFailover', 0), bodies.FailoverBody, verbs.plannedFailover),
  job(`${group}_Delete`, post('remove', 0), bodies.RemoveBody, verbs.remove),
  job(`${group}_RemoveDisks`, post('removeDisks', 1), bodies.ProviderBody, (call, body) =>
    verbs.changeDisks(call, body, 'removeDisks'),
  ),
  job(`${group}_RepairReplication`, post('repairReplication', 0), Nothing, (call) =>
    verbs.plainVerb(call, 'repairReplication'),
  ),
  job(`${group}_Reprotect`, post('reProtect', 0), bodies.ProviderBody, verbs.reprotect),
  job(
    `${group}_ResolveHealthErrors`,
    post('resolveHealthErrors', 1),
    bodies.ResolveBody,
    verbs.resolveHealthErrors,
  ),
  job(`${group}_SwitchProvider`, post('switchProvider', 2), bodies.ServiceBody, (call, body) =>
    verbs.serviceVerb(call, body, 'switchProvider'),
  ),
  job(`${group}_TestFailover`, post('testFailover', 0), bodies.TestFailoverBody, verbs.testFailover),
  job(
    `${group}_TestFailoverCleanup`,
    post('testFailoverCleanup', 0),
    bodies.CommentsBody,
    verbs.testFailoverCleanup,
  ),
  job(
    `${group}_UnplannedFailover`,
    post('unplannedFailover', 0),
    bodies.FailoverBody,
    verbs.unplannedFailover,
  ),
  job(`${group}_UpdateAppliance`, post('updateAppliance', 2), bodies.ServiceBody, (call, body) =>
    verbs.serviceVerb(call, body, 'updateAppliance'),
  ),
  job(`${group}_UpdateMobilityService`, post('updateMobilityService', 2), bodies.ServiceBody, (call, body) =>
    verbs.serviceVerb(call, body, 'updateMobilityService'),
  ),
  list('RecoveryPoints_ListByReplicationProtectedItems', `${itemPath}/recoveryPoints`, 0, {
    listing: { type: 'recoveryPoints', newestFirst: true },
  }),
  read('RecoveryPoints_Get', `${itemPath}/recoveryPoints/{recoveryPointName}`, 0),
  list('TargetComputeSizes_ListByReplicationProtectedItems', `${itemPath}/targetComputeSizes`, 1, {
    handle: targetComputeSizes,
  }),
];
