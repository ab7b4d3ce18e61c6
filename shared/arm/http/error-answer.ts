import { isRefusal, LifeboatError } from '../../errors';
import type { ApiAnswer } from './exchange';

export interface Trace {
  readonly requestId: string;
  readonly clientRequestId: string | undefined;
}

/** ARM's error envelope. Whatever is not a refusal of ours becomes a 500 that says nothing of its inside. */
export function errorAnswer(error: unknown, trace: Trace): ApiAnswer {
  const refusal = isRefusal(error)
    ? error
    : new LifeboatError(
        'InternalError',
        'Something went wrong on our side. The request id helps to find it.',
      );
  return {
    status: refusal.status,
    headers: {
      'x-ms-error-code': refusal.code,
      ...(refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    jsonBody: {
      error: {
        code: refusal.code,
        message: refusal.message,
        ...(refusal.target === undefined ? {} : { target: refusal.target }),
        details: [
          {
            code: refusal.code,
            message: refusal.message,
            possibleCauses: refusal.possibleCauses,
            recommendedAction: refusal.recommendedAction,
            activityId: trace.requestId,
            clientRequestId: trace.clientRequestId ?? '',
          },
        ],
      },
    },
  };
}
