/** What a request is refused with: Resource Manager's own status and code. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export function badRequest(code: string, message: string): Failure {
  return new Failure(400, code, message);
}

export function conflict(code: string, message: string): Failure {
  return new Failure(409, code, message);
}

export function notFound(id: string): Failure {
  const group = id.split('/')[4] ?? '';
  return new Failure(
    404,
    'ResourceNotFound',
    `The Resource '${id.split('/').slice(6).join('/')}' under resource group '${group}' was not found.`,
  );
}

export function missingReference(referenced: string, by: string): Failure {
  return badRequest(
    'InvalidResourceReference',
    `Resource ${referenced} referenced by resource ${by} was not found.`,
  );
}
