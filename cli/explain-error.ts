import { z } from 'zod';
import { exitCodes, Failure } from './failure';

const Detail = z.looseObject({
  possibleCauses: z.string().nullish(),
  recommendedAction: z.string().nullish(),
});
const Refusal = z.looseObject({
  statusCode: z.number(),
  code: z.string().nullish(),
  message: z.string(),
  response: z.object({ bodyAsText: z.string().nullish(), headers: z.custom<Headers>(isHeaders) }).nullish(),
});

interface Headers {
  get(name: string): string | undefined;
}

function isHeaders(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}
const Envelope = z.looseObject({
  error: z.looseObject({ message: z.string().nullish(), details: z.array(Detail).nullish() }),
});

/** Any error, as what a person can act on; in which environment matters where a sign-in was refused. */
export function explainError(error: unknown, environment: Environment = {}): Failure {
  if (error instanceof Failure) return error;
  const refusal = Refusal.safeParse(error);
  if (refusal.success) return explainRefusal(refusal.data, error, signInAction(environment));
  const code = codeOf(error);
  if (code !== undefined && code in networkWords) return explainNetwork(error, code);
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (/Authentication|CredentialUnavailable|ChainedToken/i.test(name)) return explainLogin(error, message);
  return new Failure(exitCodes.failed, firstLine(message), { cause: error });
}

function explainRefusal(refusal: z.infer<typeof Refusal>, cause: unknown, signIn: string): Failure {
  const inner = envelopeIn(refusal.response?.bodyAsText)?.error;
  const [detail] = inner?.details ?? [];
  const code = typeof refusal.code === 'string' ? `${refusal.code}: ` : '';
  const isMissing = refusal.statusCode === 404;
  return new Failure(
    isMissing ? exitCodes.notFound : exitCodes.failed,
    `${code}${firstLine(inner?.message ?? refusal.message)}`,
    {
      cause,
      causes: detail?.possibleCauses ?? undefined,
      action: refusal.statusCode === 401 ? signIn : (detail?.recommendedAction ?? undefined),
      requestId: refusal.response?.headers.get('x-ms-request-id'),
    },
  );
}

interface Environment {
  readonly LIFEBOAT_TOKEN?: string | undefined;
}

/** What helps where a token was not taken. One in the environment wins over every login. */
export function signInAction({ LIFEBOAT_TOKEN = '' }: Environment): string {
  return LIFEBOAT_TOKEN === ''
    ? signInAgain
    : 'Take another: export LIFEBOAT_TOKEN=$(lifeboat token); or sign in without it: unset LIFEBOAT_TOKEN.';
}

const signInAgain = 'Sign in again: lifeboat login --local for a local cloud, az login for Azure.';

const networkWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing answers there.',
  ENOTFOUND: 'There is no machine of that name.',
  EAI_AGAIN: 'The name could not be looked up: there may be no network.',
  ETIMEDOUT: 'No answer came in time.',
  ECONNRESET: 'The connection was cut.',
  REQUEST_SEND_ERROR: 'The request could not be sent.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is of an authority that is not trusted here.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is of an authority that is not trusted here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is of an authority that is not trusted here.',
};

function explainNetwork(error: unknown, code: string): Failure {
  const isTrust = /CERT|LEAF/.test(code);
  const message = error instanceof Error && error.message !== '' ? `: ${firstLine(error.message)}` : '';
  return new Failure(exitCodes.failed, `The service cannot be reached${message}`, {
    cause: error,
    causes: networkWords[code],
    action: isTrust
      ? 'Name the authority: --ca-file, or LIFEBOAT_CA_FILE.'
      : 'Check the endpoint (lifeboat config show) and the network; a local cloud is started by npm start.',
  });
}

function explainLogin(error: unknown, message: string): Failure {
  const hasExpired = /expired/i.test(message);
  return new Failure(
    exitCodes.failed,
    hasExpired ? 'The login has expired.' : 'Nobody is signed in, or the sign-in was refused.',
    { cause: error, causes: firstLine(message), action: signInAgain },
  );
}

/** Errors of the network hide under errors of the client. */
function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = 'cause' in at ? at.cause : null) {
    if ('errors' in at && Array.isArray(at.errors) && at.errors.length > 0) {
      const inner = codeOf(at.errors[0]);
      if (inner !== undefined) return inner;
    }
    if ('code' in at && typeof at.code === 'string' && at.code !== 'REQUEST_SEND_ERROR') return at.code;
    if ('code' in at && !('cause' in at)) return String(at.code);
  }
  return undefined;
}

/** The client's own reading of an error leaves out causes and actions. */
function envelopeIn(text: string | null | undefined): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
