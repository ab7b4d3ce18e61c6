import { LifeboatError } from '../../errors';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { containerPath, job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { emptyPage } from '../resources/list';
import { Nothing } from './fabrics';

const all = 'replicationMigrationItems';
const path = `${containerPath}/${all}/{migrationItemName}`;
const query = ['$filter', 'skipToken', 'takeToken'];

/** Migration without protection is no part of this service: there are no migration items, and none is made. */
function notOffered(): Promise<ApiAnswer> {
  throw new LifeboatError(
    'UnsupportedScenario',
    'Migration items are not offered: protect the machine, fail it over, and remove it with the reason MigrationComplete.',
  );
}

function none(): Promise<ApiAnswer> {
  return Promise.resolve(emptyPage());
}

function missing(call: Call): Promise<ApiAnswer> {
  throw new LifeboatError('NotFound', 'There are no migration items in this service.', {
    target: call.resourceId,
  });
}

const post = (name: string, verb: string): Operation =>
  job(`ReplicationMigrationItems_${name}`, ['POST', `${path}/${verb}`, 2], Nothing, notOffered);

export const migrationOperations: readonly Operation[] = [
  list('MigrationRecoveryPoints_ListByReplicationMigrationItems', `${path}/migrationRecoveryPoints`, 2, {
    handle: none,
  }),
  read(
    'MigrationRecoveryPoints_Get',
    `${path}/migrationRecoveryPoints/{migrationRecoveryPointName}`,
    2,
    missing,
  ),
  list('ReplicationMigrationItems_ListByReplicationProtectionContainers', `${containerPath}/${all}`, 2, {
    query,
    handle: none,
  }),
  list('ReplicationMigrationItems_List', `${vaultPath}/${all}`, 2, { query }),
  read('ReplicationMigrationItems_Get', path, 2, missing),
  job('ReplicationMigrationItems_Create', ['PUT', path, 2], Nothing, notOffered),
  job('ReplicationMigrationItems_Delete', ['DELETE', path, 2], Nothing, notOffered),
  job('ReplicationMigrationItems_Update', ['PATCH', path, 2], Nothing, notOffered),
  post('Migrate', 'migrate'),
  post('PauseReplication', 'pauseReplication'),
  post('ResumeReplication', 'resumeReplication'),
  post('Resync', 'resync'),
  post('TestMigrate', 'testMigrate'),
  post('TestMigrateCleanup', 'testMigrateCleanup'),
];
