import { refusals, type ErrorCode, type Retry } from './refusals';

export interface LifeboatErrorOptions extends ErrorOptions {
  /** What the refusal is about: a field, a resource id, a disk. */
  readonly target?: string;
}

/** A refusal with a documented code. Thrown below, mapped to an answer once, at the edge. */
export class LifeboatError extends Error {
  override readonly name = 'LifeboatError';
  readonly target: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: LifeboatErrorOptions,
  ) {
    super(message, options);
    this.target = options?.target;
  }

  get status(): number {
    return refusals[this.code].status;
  }

  get retry(): Retry {
    return refusals[this.code].retry;
  }

  get possibleCauses(): string {
    return refusals[this.code].causes;
  }

  get recommendedAction(): string {
    return refusals[this.code].action;
  }
}

/** True for a refusal of ours with this code, or with any code when none is named. */
export function isRefusal(error: unknown, ...codes: readonly ErrorCode[]): error is LifeboatError {
  return error instanceof LifeboatError && (codes.length === 0 || codes.includes(error.code));
}

/** True for the code of one of our refusals: one that came over a wire may be any text. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(refusals, code);
}

export type { ErrorCode };
