import { LifeboatError, type ErrorCode } from '../../errors';

/** What Resource Manager says, in our words. Codes first, by what the caller can do about them. */
const byCode: readonly (readonly [RegExp, ErrorCode])[] = [
  [/quota|LimitReached|SubnetIsFull|CoreLimit|MaxStorageAccounts/i, 'TargetQuotaExceeded'],
  [
    /^(AuthorizationFailed|LinkedAuthorizationFailed|Forbidden|RequestDisallowedByPolicy)$/i,
    'TargetForbidden',
  ],
  [
    /^(ResourceNotFound|ResourceGroupNotFound|NotFound|ParentResourceNotFound|InvalidResourceReference|SubscriptionNotFound|StorageBlobNotAccessible)$/i,
    'TargetResourceMissing',
  ],
  [
    /^(AllocationFailed|ZonalAllocationFailed|OverconstrainedAllocationRequest|SkuNotAvailable)$/i,
    'TargetQuotaExceeded',
  ],
  [
    /^(TooManyRequests|ServiceUnavailable|InternalServerError|Internal\w*Error|OperationPreempted|RetryableError|AnotherOperationInProgress|ServerTimeout|GatewayTimeout)$/i,
    'TargetUnavailable',
  ],
];

interface Answer {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** Awaits calls to Resource Manager and puts what it refuses into our words. */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw translated(error);
  }
}

/** The same, where nothing being there is an answer too. */
export async function askingFor<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (answerOf(error).status === 404) return undefined;
    throw translated(error);
  }
}

export function isRefusedWith(error: unknown, code: string): boolean {
  return error instanceof Error && error.cause !== undefined && answerOf(error.cause).code === code;
}

function translated(error: unknown): unknown {
  if (error instanceof LifeboatError || !(error instanceof Error)) return error;
  const answer = answerOf(error);
  const said = `The target answered ${answer.code === '' ? 'nothing' : answer.code}: ${answer.message}`;
  return new LifeboatError(codeFor(answer), said, { cause: error });
}

function codeFor({ code, message, status }: Answer): ErrorCode {
  const isQuota = /quota/i.test(message) && code === 'OperationNotAllowed';
  if (isQuota) return 'TargetQuotaExceeded';
  const known = byCode.find(([pattern]) => pattern.test(code));
  if (known !== undefined) return known[1];
  if (status === undefined || status === 401 || status === 408 || status === 429 || status >= 500)
    return 'TargetUnavailable';
  if (status === 403) return 'TargetForbidden';
  if (status === 404) return 'TargetResourceMissing';
  return 'TargetRefused';
}

/** The code and status of whatever the clients threw: they throw one thing for an answer, another for long work. */
function answerOf(error: unknown): Answer {
  if (!(error instanceof Error)) return { code: '', message: String(error), status: undefined };
  const long = /^The long-running operation has failed\. ([A-Za-z]+)\. ([^]*)$/.exec(error.message);
  if (long !== null) return { code: long[1] ?? '', message: long[2] ?? '', status: 409 };
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return {
    code: typeof code === 'string' ? code : '',
    message: error.message.split('\n')[0] ?? '',
    status: typeof statusCode === 'number' ? statusCode : undefined,
  };
}
