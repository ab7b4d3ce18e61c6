import type { TokenCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { LifeboatError } from '../errors';

export interface ServiceBusAddress {
  readonly SERVICE_BUS?: string | undefined;
  readonly SERVICE_BUS__fullyQualifiedNamespace?: string | undefined;
}

/** A client of the namespace: by connection string on one machine, by the app's identity in Azure. */
export function serviceBusClient(
  { SERVICE_BUS, SERVICE_BUS__fullyQualifiedNamespace: namespace }: ServiceBusAddress,
  credential: TokenCredential,
): ServiceBusClient {
  if (SERVICE_BUS !== undefined) return new ServiceBusClient(SERVICE_BUS);
  if (namespace !== undefined) return new ServiceBusClient(namespace, credential);
  throw new LifeboatError('InvalidSettings', 'SERVICE_BUS__fullyQualifiedNamespace is missing.');
}
