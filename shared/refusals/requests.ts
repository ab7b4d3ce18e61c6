import type { Refusal } from './refusal';

/** What a call to the API is refused with, whoever makes it. */
export const requests = {
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
} as const satisfies Record<string, Refusal>;
