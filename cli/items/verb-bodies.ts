/** What a request says beyond the verb, in the API's words, where scenarios differ in what they must hear. */
export interface FailoverWishes {
  readonly instanceType: string;
  readonly recoveryPointId?: string | undefined;
  readonly shutDownSource: boolean;
  /** More of the scenario's own words, as the user gave them. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export function failoverBody(wishes: FailoverWishes): FailoverBody {
  return {
    properties: {
      failoverDirection: 'PrimaryToRecovery',
      sourceSiteOperations: wishes.shutDownSource ? 'Required' : 'NotRequired',
      providerSpecificDetails: providerDetails(wishes),
    },
  };
}

interface FailoverBody {
  readonly properties: {
    readonly failoverDirection: string;
    readonly sourceSiteOperations: string;
    readonly providerSpecificDetails: ProviderDetails;
  };
}

export interface ProviderDetails extends Record<string, unknown> {
  readonly instanceType: string;
}

export function providerDetails(wishes: FailoverWishes): ProviderDetails {
  const { instanceType, recoveryPointId, shutDownSource, details } = wishes;
  return {
    ...(recoveryPointId === undefined ? {} : { recoveryPointId }),
    ...(instanceType === 'InMageRcm' ? { performShutdown: String(shutDownSource) } : {}),
    ...(instanceType === 'InMage'
      ? { recoveryPointType: recoveryPointId === undefined ? 'LatestTime' : 'Custom' }
      : {}),
    ...details,
    instanceType,
  };
}
