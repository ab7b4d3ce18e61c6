import { createRequire } from 'node:module';
import type * as ComputeModule from '@azure/arm-compute';
import type { ComputeManagementClient } from '@azure/arm-compute';
import type * as NetworkModule from '@azure/arm-network';
import type { NetworkManagementClient } from '@azure/arm-network';
import type * as ResourcesModule from '@azure/arm-resources';
import type { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/identity';

export interface ArmClientOptions {
  /** `https://management.azure.com`, or that of another cloud. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** How long to wait between two looks at long work; the service's own wish otherwise. */
  readonly pollEveryInMs?: number | undefined;
}

const load = createRequire(__filename);

/** Clients of Resource Manager, one of each kind per subscription. They are big: a module is loaded when it is first needed. */
export class ArmClients {
  readonly #compute = new Map<string, ComputeManagementClient>();
  readonly #network = new Map<string, NetworkManagementClient>();
  readonly #resources = new Map<string, ResourceManagementClient>();
  readonly #endpoint: string;
  /** Of every call that begins long work. */
  readonly polling: { readonly updateIntervalInMs?: number };

  constructor(private readonly options: ArmClientOptions) {
    this.#endpoint = options.endpoint.replace(/\/$/, '');
    const { pollEveryInMs } = options;
    this.polling = pollEveryInMs === undefined ? {} : { updateIntervalInMs: pollEveryInMs };
  }

  compute(subscription: string): ComputeManagementClient {
    const { credential } = this.options;
    const { ComputeManagementClient } = load('@azure/arm-compute') as typeof ComputeModule;
    return kept(this.#compute, subscription, () => {
      const options = { endpoint: this.#endpoint, credentials: { scopes: [this.#scope()] } };
      return new ComputeManagementClient(credential, subscription, options);
    });
  }

  network(subscription: string): NetworkManagementClient {
    const { credential } = this.options;
    const { NetworkManagementClient } = load('@azure/arm-network') as typeof NetworkModule;
    return kept(this.#network, subscription, () => {
      return new NetworkManagementClient(credential, subscription, {
        endpoint: this.#endpoint,
        credentialScopes: this.#scope(),
      });
    });
  }

  resources(subscription: string): ResourceManagementClient {
    const { credential } = this.options;
    const { ResourceManagementClient } = load('@azure/arm-resources') as typeof ResourcesModule;
    return kept(this.#resources, subscription, () => {
      return new ResourceManagementClient(credential, subscription, {
        endpoint: this.#endpoint,
        credentialScopes: this.#scope(),
      });
    });
  }

  #scope(): string {
    return `${this.#endpoint}/.default`;
  }
}

function kept<T>(clients: Map<string, T>, subscription: string, make: () => T): T {
  const known = clients.get(subscription);
  if (known !== undefined) return known;
  const client = make();
  clients.set(subscription, client);
  return client;
}
