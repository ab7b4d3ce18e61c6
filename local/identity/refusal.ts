/** An answer that is no token, in the words of Entra ID: clients know the codes. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  private constructor(
    readonly status: number,
    readonly error: string,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  static unknownTenant(tenant: string): Refusal {
    const hint = 'Check to make sure you have the correct tenant ID and are signing into the correct cloud.';
    return new Refusal(400, 'invalid_request', 90002, `Tenant '${tenant}' not found. ${hint}`);
  }

  static missing(parameter: string): Refusal {
    const message = `The request body must contain the following parameter: '${parameter}'.`;
    return new Refusal(400, 'invalid_request', 900144, message);
  }

  static malformed(why: string): Refusal {
    return new Refusal(400, 'invalid_request', 9000411, `The request is not properly formatted. ${why}`);
  }

  static unsupportedGrant(grant: string): Refusal {
    const message = `The app requested an unsupported grant type '${grant}'.`;
    return new Refusal(400, 'unsupported_grant_type', 70003, message);
  }

  static unknownClient(clientId: string, tenant: string): Refusal {
    const message = `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`;
    return new Refusal(400, 'unauthorized_client', 700016, message);
  }

  static wrongSecret(clientId: string): Refusal {
    const hint =
      'Ensure the secret being sent in the request is the client secret value, not the client secret ID';
    const message = `Invalid client secret provided. ${hint}, for a secret added to app '${clientId}'.`;
    return new Refusal(401, 'invalid_client', 7000215, message);
  }

  static scopeWithoutDefault(scope: string): Refusal {
    const hint =
      'must have a scope value with /.default suffixed to the resource identifier (application ID URI).';
    const message = `The provided value for scope ${scope} is not valid. Client credential flows ${hint}`;
    return new Refusal(400, 'invalid_scope', 1002012, message);
  }

  static unknownResource(resource: string, tenant: string): Refusal {
    const message = `The resource principal named ${resource} was not found in the tenant named ${tenant}.`;
    return new Refusal(400, 'invalid_resource', 500011, message);
  }

  /** The body of the answer. */
  body(now: number, traceId: string): object {
    const timestamp = new Date(now)
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z/, 'Z');
    const trace = `Trace ID: ${traceId} Correlation ID: ${traceId} Timestamp: ${timestamp}`;
    return {
      error: this.error,
      error_description: `AADSTS${this.code}: ${this.message} ${trace}`,
      error_codes: [this.code],
      timestamp,
      trace_id: traceId,
      correlation_id: traceId,
    };
  }
}
