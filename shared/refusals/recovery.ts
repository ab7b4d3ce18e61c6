import type { Refusal } from './refusal';

/** What a failover, or the place it goes to, is refused with. */
export const recovery = {
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
  UndeleteBlocked: {
    status: 409,
    retry: 'later',
    causes:
      'The name is taken or the machine is protected again, or what it was protected with is gone: its container, policy, mapping or replica.',
    action: 'Disable the new protection, or create what the message names again; then undelete.',
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
    action: 'Give it the role that docs/security.md names, on the resource group of the message.',
  },
  TargetUnavailable: {
    status: 503,
    retry: 'later',
    causes: 'The target cloud did not answer, was busy, or lost the operation half way.',
    action: 'Nothing: it is tried again. If it stays, look at the health of the target region.',
  },
} as const satisfies Record<string, Refusal>;
