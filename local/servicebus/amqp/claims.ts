import { type Clock } from '../clock';
import { BrokerError } from '../broker-error';
import { amqp } from '../encoding/amqp-types';
import { type ManagementRequest } from '../management/request';
import { type AccessGrant, type AccessKey, covers, entityPath, verifySasToken } from './sas-token';

/** What a connection has shown it may do. Clients put their tokens to `$cbs`. */
export class Claims {
  readonly #grants = new Map<string, AccessGrant>();

  constructor(
    private readonly accessKey: AccessKey,
    private readonly clock: Clock,
  ) {}

  /** The connection showed the key itself. */
  grantAll(): void {
    this.#grants.set('', { path: '', expiresAtMs: Infinity });
  }

  /** Throws unless a token that still counts covers the entity. */
  require(entity: string): void {
    const now = this.clock.now();
    for (const grant of this.#grants.values()) if (grant.expiresAtMs > now && covers(grant, entity)) return;
    throw new BrokerError(
      'amqp:unauthorized-access',
      `Unauthorized access. 'Send' or 'Listen' claim(s) are required to use '${entity}'.`,
    );
  }

  /** Answers one request to `$cbs`. */
  answer(request: ManagementRequest): object {
    try {
      this.#put(request);
      return answered(request, 202, 'Accepted');
    } catch (error) {
      const isRefusal = error instanceof BrokerError;
      return answered(request, isRefusal ? 401 : 500, isRefusal ? error.message : String(error));
    }
  }

  #put({ properties, body }: ManagementRequest): void {
    const { operation, type, name } = properties;
    if (operation !== 'put-token' || type !== 'servicebus.windows.net:sastoken' || typeof body !== 'string') {
      throw new BrokerError(
        'amqp:unauthorized-access',
        'Only put-token with a SAS token is understood here.',
      );
    }
    const grant = verifySasToken(body, this.accessKey, this.clock.now());
    const audience = entityPath(typeof name === 'string' ? name : '');
    if (!covers(grant, audience)) {
      throw new BrokerError('amqp:unauthorized-access', 'InvalidAudience: The token is for something else.');
    }
    this.#grants.set(grant.path, grant);
  }
}

function answered(request: ManagementRequest, status: number, description: string): object {
  return {
    correlation_id: request.messageId,
    application_properties: {
      'status-code': amqp.wrap_int(status),
      'status-description': description,
    },
    body: null,
  };
}
