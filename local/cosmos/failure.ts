/** What a request is refused with: the service's own status, code and, where it has one, substatus. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

export function badRequest(message: string): Failure {
  return new Failure(400, 'BadRequest', message);
}

export function notFound(what: string): Failure {
  return new Failure(404, 'NotFound', `Entity with the specified id does not exist: ${what}.`);
}

export function conflict(what: string): Failure {
  return new Failure(409, 'Conflict', `Entity with the specified id already exists: ${what}.`);
}

export function preconditionFailed(): Failure {
  return new Failure(412, 'PreconditionFailed', 'One of the specified pre-condition is not met.');
}

export function tooLarge(message: string): Failure {
  return new Failure(413, 'RequestEntityTooLarge', message);
}

/** What the real service does and this one does not: named, so that nobody takes silence for success. */
export function notImplemented(what: string): Failure {
  return new Failure(501, 'NotImplemented', `${what}: not implemented by this server.`);
}

/** The partition named in the header is not the one the document belongs to. */
export function partitionMismatch(): Failure {
  return new Failure(
    400,
    'BadRequest',
    'PartitionKey extracted from document does not match the one specified in the header.',
    { 'x-ms-substatus': '1001' },
  );
}
