/** The exit codes are API: documented in docs/cli.md, never reused. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  jobFailed: 4,
  timedOut: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FailureOptions extends ErrorOptions {
  readonly causes?: string | undefined;
  /** What to do next. */
  readonly action?: string | undefined;
  readonly requestId?: string | undefined;
}

/** The end of a command that did not get what was asked for. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly causes: string | undefined;
  readonly action: string | undefined;
  readonly requestId: string | undefined;

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options: FailureOptions = {},
  ) {
    super(message, options);
    this.causes = options.causes;
    this.action = options.action;
    this.requestId = options.requestId;
  }
}

export function usage(message: string, action?: string): Failure {
  return new Failure(exitCodes.usage, message, { action });
}

export function notFound(message: string, action?: string): Failure {
  return new Failure(exitCodes.notFound, message, { action });
}

/** Thrown out of a sleep when Ctrl-C was pressed. */
export function interrupted(action?: string): Failure {
  return new Failure(exitCodes.interrupted, 'Interrupted.', { action });
}
