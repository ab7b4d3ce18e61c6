import type { Answer, Request } from './request';

/** What clients read first. They go on at the address found here, so it is the one they came by. */
export function presentAccount(request: Request): Answer {
  const databaseAccountEndpoint = `http://${request.header('host') ?? '127.0.0.1'}/`;
  const locations = [{ name: 'Local', databaseAccountEndpoint }];
  const body = {
    id: 'local',
    _self: '',
    _rid: 'local',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Strong' },
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 1 },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 1 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: '{}',
  };
  return { status: 200, body: JSON.stringify(body) };
}
