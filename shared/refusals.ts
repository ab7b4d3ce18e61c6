/** May the same call be made again? Never: it will be refused again. Later: the world may have changed. */
export type Retry = 'never' | 'later';

interface Refusal {
  readonly status: number;
  readonly retry: Retry;
  readonly causes: string;
  readonly action: string;
}

/**
 * Every refusal lifeboat can answer with. A code is API: documented once (docs/errors.md lists exactly these),
 * never reused. Add one only when the caller can act differently on it.
 */
export const refusals = {
  BadRequest: {
    status: 400,
    retry: 'never',
    causes: 'A part of the request is missing or not of the form the operation takes.',
    action: 'Correct the part that the message names and send the request again.',
  },
  NotFound: {
    status: 404,
    retry: 'never',
    causes: 'The resource was never created, was removed, or its name is misspelt.',
    action: 'List the parent resource to see what exists.',
  },
  Conflict: {
    status: 409,
    retry: 'later',
    causes: 'The resource is in a state, or is used in a way, that does not allow this now.',
    action: 'Read the resource; do what the message says stands in the way, then try again.',
  },
  PreconditionFailed: {
    status: 412,
    retry: 'later',
    causes: 'Somebody changed the resource after it was read.',
    action: 'Read it again and repeat the change on what is there now.',
  },
  InvalidRequestContent: {
    status: 400,
    retry: 'never',
    causes: 'The body is not JSON, is nested too deeply, or carries a property that no request has.',
    action: 'Send the documented body of the operation as JSON.',
  },
  MissingApiVersionParameter: {
    status: 400,
    retry: 'never',
    causes: 'The address carries no api-version.',
    action: 'Add a version, such as ?api-version=2023-06-01.',
  },
  UnsupportedApiVersion: {
    status: 400,
    retry: 'never',
    causes: 'The api-version is not a date, or older than the API.',
    action: 'Use 2016-08-10 or any later version of the API.',
  },
  InvalidFilter: {
    status: 400,
    retry: 'never',
    causes: 'The $filter is not of the form that lists take.',
    action: "Use comparisons joined by and/or, such as: severity eq 'Critical'.",
  },
  InvalidSkipToken: {
    status: 400,
    retry: 'never',
    causes: 'The paging token was altered, or made by another list.',
    action: 'Start again from the first page and follow its nextLink as it is.',
  },
  UnsupportedScenario: {
    status: 400,
    retry: 'never',
    causes: 'The instanceType is missing, misspelt, or does not offer this operation.',
    action: 'See docs/scenarios.md for what each instanceType allows.',
  },
  InvalidAuthenticationToken: {
    status: 401,
    retry: 'never',
    causes: 'The bearer token is missing, expired, or was made by or for somebody else.',
    action: 'Get a new token for the audience and tenant of this installation.',
  },
  AuthorizationFailed: {
    status: 403,
    retry: 'never',
    causes: 'No role of the caller allows this action in this vault.',
    action: 'Ask an owner for a role that includes the action that the message names.',
  },
  LinkedAuthorizationFailed: {
    status: 403,
    retry: 'never',
    causes: 'The body names a resource of a vault in which the caller may not do this.',
    action: 'Name resources of vaults that you have a role in.',
  },
  UnknownAddress: {
    status: 404,
    retry: 'never',
    causes: 'The path is no operation of the API; a segment may be misspelt.',
    action: 'See /docs for every operation and its path.',
  },
  ParentNotFound: {
    status: 404,
    retry: 'never',
    causes: 'What the resource would be part of does not exist.',
    action: 'Create the parent that the message names first.',
  },
  MethodNotAllowed: {
    status: 405,
    retry: 'never',
    causes: 'The path is right, but not for this method.',
    action: 'See /docs for the methods of the path.',
  },
  ResourceInUse: {
    status: 409,
    retry: 'later',
    causes: 'Another resource refers to this one.',
    action: 'Remove or change the resource that the message names, then try again.',
  },
  OperationNotAllowed: {
    status: 409,
    retry: 'later',
    causes: 'The item is in a state in which its scenario does not allow this.',
    action: 'Read the item: allowedOperations lists what it allows now.',
  },
  ItemBusy: {
    status: 409,
    retry: 'later',
    causes: 'Another job is running on the item.',
    action: 'Wait for the job that currentScenario names, or cancel it.',
  },
  RequestTooLarge: {
    status: 413,
    retry: 'never',
    causes: 'The request body is larger than any operation needs.',
    action: 'Send a smaller body.',
  },
  IdentityUnavailable: {
    status: 503,
    retry: 'later',
    causes: 'The token issuer, or the way to it, is down.',
    action: 'Try again; check that the issuer in the settings can be reached.',
  },
  JobFailed: {
    status: 409,
    retry: 'later',
    causes: 'The work behind the operation failed.',
    action: 'Read the job: its tasks name what failed, why, and what to do.',
  },
  JobCancelled: {
    status: 409,
    retry: 'later',
    causes: 'Somebody cancelled the job.',
    action: 'Start the operation again if it is still wanted.',
  },
  StaleWriter: {
    status: 412,
    retry: 'never',
    causes: 'Another worker, or a fence, moved the replica disk on.',
    action: 'Nothing: the worker reads the position again and decides.',
  },
  DiskTooLarge: {
    status: 400,
    retry: 'never',
    causes: 'The disk is larger than a fixed VHD can be: 2,040 GiB.',
    action: 'Leave the disk out of protection, or split it.',
  },
  LogTorn: {
    status: 422,
    retry: 'never',
    causes: 'A part of the change log does not match its checksum: it was damaged or only partly written.',
    action: 'Send the log again from the spool; if that is damaged too, start a resync.',
  },
  LogTruncated: {
    status: 422,
    retry: 'never',
    causes: 'The change log ends before its trailer: the upload was cut.',
    action: 'Send the log again from the spool.',
  },
  LogOversized: {
    status: 413,
    retry: 'never',
    causes: 'The change log, or a part of it, claims more than the format allows.',
    action: 'Seal logs sooner: at most 256 MiB of data, in frames of at most 256 KiB.',
  },
  LogCorrupt: {
    status: 422,
    retry: 'never',
    causes:
      'The change log contradicts itself: counts, lengths or digests do not agree, though its checksums do.',
    action: 'Look for a fault in the program that wrote the log; then start a resync.',
  },
  LogOutOfRange: {
    status: 422,
    retry: 'never',
    causes: 'The change log writes beyond the end of the disk it names.',
    action: 'If the disk grew, report its new size first; otherwise start a resync.',
  },
  LogUnaligned: {
    status: 422,
    retry: 'never',
    causes: 'A size or an offset in the change log is not a whole number of 512-byte sectors.',
    action: 'Look for a fault in the program that wrote the log; then start a resync.',
  },
  LogUnknownVersion: {
    status: 422,
    retry: 'never',
    causes:
      'The file is not a change log, or of a version, codec or record kind that this release does not read.',
    action: 'Upgrade the service before the agents.',
  },
  LogForeignEpoch: {
    status: 422,
    retry: 'never',
    causes: 'The change log says that it belongs to another replica or epoch than the place it was put.',
    action: 'Send the log of this replica and epoch; if there is none, ask for a new epoch.',
  },
  LogReordered: {
    status: 422,
    retry: 'never',
    causes: 'The change log carries a later sequence than its name.',
    action: 'Send the log of the sequence that the status answer wants.',
  },
  LogReplayed: {
    status: 422,
    retry: 'never',
    causes: 'The change log carries an earlier sequence than its name: an old log was sent again.',
    action: 'Send the log of the sequence that the status answer wants.',
  },
  LogBrokenChain: {
    status: 422,
    retry: 'never',
    causes:
      'The change log does not follow the log before it: two agents, or two lives of one, share an epoch.',
    action: 'Make sure that one agent alone feeds the replica, then start a resync.',
  },
  CacheFull: {
    status: 429,
    retry: 'later',
    causes: 'The change logs of this replica that wait in the cache have reached its quota.',
    action: 'Keep logs in the spool and ask again; if it stays, look at why the replica does not follow.',
  },
  SnapshotRefused: {
    status: 409,
    retry: 'later',
    causes: 'The storage account takes no more snapshots of this disk for now.',
    action:
      'Nothing: the next marker is tried again. Turn the journal on if markers come faster than snapshots may.',
  },
  BaseMoved: {
    status: 409,
    retry: 'never',
    causes: 'The replica is not closed exactly at the position that the new epoch was to continue from.',
    action: 'Ask for a `rebase` epoch.',
  },
  PointNotWhole: {
    status: 409,
    retry: 'later',
    causes: 'The recovery point is not held by every disk of its marker, or is being removed.',
    action: 'Choose a recovery point that is listed as whole.',
  },
  PointPinned: {
    status: 409,
    retry: 'later',
    causes: 'A running job needs a recovery point of this replica.',
    action: 'Wait for the job that the message names, or cancel it.',
  },
  NoRecoveryPoint: {
    status: 409,
    retry: 'later',
    causes: 'No recovery point of the wanted kind is whole for every disk of the machine.',
    action: 'Wait for the first point, or choose one that the list of recovery points shows.',
  },
  SourceUnreachable: {
    status: 409,
    retry: 'later',
    causes: 'The agent at the source does not answer, or could not do what a planned failover needs.',
    action: 'Bring the agent back and try again; if the source is lost, use an unplanned failover.',
  },
  FailbackPrerequisiteMissing: {
    status: 409,
    retry: 'later',
    causes: 'Something that coming back needs is not there: an agent, a server, a policy, a machine.',
    action: 'Set up what the message names, then try again.',
  },
  SiteRefused: {
    status: 409,
    retry: 'later',
    causes: 'The agent of the site could not do what the job asked it for.',
    action: 'Look at what its message names at the site, then try again.',
  },
  LastWritesMissing: {
    status: 409,
    retry: 'later',
    causes: 'The source was stopped, but its last change logs did not come through in time.',
    action: 'Nothing is lost: the source runs again and replicates. Look at its agent, then try again.',
  },
  TargetNameTaken: {
    status: 409,
    retry: 'later',
    causes: 'The target already has a resource of this name, made by somebody else.',
    action: 'Remove or rename the resource that the message names, or choose another name for the machine.',
  },
  TargetResourceMissing: {
    status: 400,
    retry: 'later',
    causes:
      'A network, subnet, resource group, availability set or disk at the target is not there any more.',
    action: 'Create what the message names again, or choose another in the settings of the item.',
  },
  TargetQuotaExceeded: {
    status: 409,
    retry: 'later',
    causes: 'The subscription or region at the target gives no more machines, cores or disks.',
    action: 'Ask for a higher quota, free some of it, or choose another size or region; then try again.',
  },
  TargetRefused: {
    status: 400,
    retry: 'never',
    causes: 'The target does not take a machine, disk or network as it was asked for.',
    action: 'Change what the message names in the settings of the item, then try again.',
  },
  TargetForbidden: {
    status: 403,
    retry: 'later',
    causes: 'The identity of the service lacks a role at the target.',
    action: 'Give it the role that docs/deploy names for the resource group of the message.',
  },
  TargetUnavailable: {
    status: 503,
    retry: 'later',
    causes: 'The target cloud did not answer, was busy, or lost the operation half way.',
    action: 'Nothing: it is tried again. If it stays, look at the health of the target region.',
  },
  BadSignature: {
    status: 401,
    retry: 'never',
    causes: 'The request is unsigned, signed with another key, or the agent or token is not known here.',
    action: 'Register the agent with a new registration token.',
  },
  ClockSkew: {
    status: 401,
    retry: 'later',
    causes: 'The clock of the caller is more than five minutes off.',
    action: 'Use the time that the answer tells in x-lifeboat-service-time, and sign again.',
  },
  Replayed: {
    status: 401,
    retry: 'never',
    causes: 'The same nonce was used before: the request is a copy of an earlier one.',
    action: 'Sign each request anew, with a nonce of its own.',
  },
  TokenExpired: {
    status: 401,
    retry: 'never',
    causes: 'A registration token is valid for a day at most.',
    action: 'Create a new registration token for the fabric.',
  },
  TokenUsed: {
    status: 401,
    retry: 'never',
    causes: 'A registration token registers one agent, once.',
    action: 'Create a new token. If this one was not used by you, remove the server that registered with it.',
  },
  NotYourReplica: {
    status: 403,
    retry: 'never',
    causes: 'The replica is fed by another agent, or by none.',
    action: 'Read the desired state, and feed only the replicas that it names.',
  },
  TooManyRequests: {
    status: 429,
    retry: 'later',
    causes: 'The caller asked more often than is allowed.',
    action: 'Wait for as long as Retry-After says, then go on more slowly.',
  },
  DigestsNotReady: {
    status: 409,
    retry: 'later',
    causes: 'The digests of the replica are being computed.',
    action: 'Ask again after as long as Retry-After says.',
  },
  AgentMissing: {
    status: 409,
    retry: 'later',
    causes: 'No agent was installed for the machine, or it has not registered and reported yet.',
    action: 'Install and register the agent, look that the machine is listed, then enable protection again.',
  },
  AgentSilent: {
    status: 409,
    retry: 'later',
    causes: 'The agent is stopped, or its network does not let it call out.',
    action: 'Start the agent, and see that it reaches the service; then try again.',
  },
  DiskUnknown: {
    status: 409,
    retry: 'never',
    causes: 'The disk was removed from the machine, or its name is misspelt.',
    action: 'List the disks of the protectable item, and name those.',
  },
  LimitExceeded: {
    status: 409,
    retry: 'never',
    causes: 'The machine is larger than what can be protected.',
    action: 'Exclude disks, or protect the machine in parts.',
  },
  InvalidSettings: {
    status: 500,
    retry: 'never',
    causes: 'A setting of the app is missing or malformed.',
    action: 'Correct the named setting; local.settings.sample.json shows them all.',
  },
  InternalError: {
    status: 500,
    retry: 'later',
    causes: 'A fault in lifeboat or in a service it stands on.',
    action: 'Try again; if it stays, report the request id that the answer carries.',
  },
} as const satisfies Record<string, Refusal>;

export type ErrorCode = keyof typeof refusals;
