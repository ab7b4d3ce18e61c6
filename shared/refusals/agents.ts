import type { Refusal } from './refusal';

/** What an agent, or the enabling of its machine, is refused with. */
export const agents = {
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
  NetworkNotLinked: {
    status: 409,
    retry: 'later',
    causes:
      'The network that the message names has no logical network in its VMM cloud, so it cannot be mapped.',
    action: 'Link it to a logical network, wait until that is reported, map the network, then try again.',
  },
  LimitExceeded: {
    status: 409,
    retry: 'never',
    causes: 'The machine, or the group that it is to join, is larger than what can be protected.',
    action: 'Exclude disks, or protect the machine in parts; name another group.',
  },
  GroupMismatch: {
    status: 409,
    retry: 'never',
    causes:
      'The machines of a consistency group share fabric, scenario and policy, and the policy has multi-VM consistency switched on.',
    action: 'Protect the machine with the policy of its group, or name another group.',
  },
  SiteSilent: {
    status: 503,
    retry: 'later',
    causes:
      'The server of a site was asked for something and has not answered yet: it is stopped, busy, or cannot call out.',
    action:
      'Nothing: it is asked again. If it stays, start the agent of that server and see that it reaches the service.',
  },
  SiteServerMissing: {
    status: 409,
    retry: 'later',
    causes:
      'What replicates to a site is kept by a master target there, and none is registered, heard of, or of that name.',
    action:
      'Install an agent in the role of a master target at the site, register it in that fabric, then try again.',
  },
} as const satisfies Record<string, Refusal>;
