import { RestError } from '@azure/storage-blob';
import { z } from 'zod';
import { LifeboatError, type ErrorCode } from '../errors';

/** Which of storage's answers are refusals of ours, by status or by storage's own error code. */
export type Translation = Readonly<Partial<Record<number | string, ErrorCode>>>;

const Headed = z.object({ errorCode: z.string() });

/** Awaits a request to storage and puts the answers it expects to get into our words. Others pass as they are. */
export async function translating<T>(request: Promise<T>, translation: Translation): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw translated(error, translation);
  }
}

export function translated(error: unknown, translation: Translation): unknown {
  if (!(error instanceof RestError)) return error;
  const said = codeOf(error);
  const code = translation[said] ?? translation[error.statusCode ?? 0] ?? forbidden(said);
  return code === undefined ? error : new LifeboatError(code, whatStorageSaid(error), { cause: error });
}

const forbiddenCodes = [
  'AuthenticationFailed',
  'AuthorizationFailure',
  'AuthorizationPermissionMismatch',
  'InsufficientAccountPermissions',
];

/** The answer to a HEAD has no body: only a header says why. */
function codeOf({ code, details }: RestError): string {
  return code ?? Headed.safeParse(details).data?.errorCode ?? '';
}

function forbidden(code: string): ErrorCode | undefined {
  return forbiddenCodes.includes(code) ? 'StorageForbidden' : undefined;
}

export function isAnswer(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof RestError && statuses.includes(error.statusCode ?? 0);
}

/** Awaits a removal. That there was nothing to remove, nor a container, is as good. */
export async function removing(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isAnswer(error, 404)) throw error;
  }
}

function whatStorageSaid(error: RestError): string {
  const [line = ''] = error.message.split('\n');
  return `Storage answered ${error.statusCode ?? 'nothing'} ${codeOf(error)}: ${line}`;
}
