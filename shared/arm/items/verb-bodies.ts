import { z } from 'zod';

/** A name or an id in a request. */
export const text = z.string().max(2048);
/** Why somebody asks: it is written into the evidence. An addition of our own where the API has no place for it. */
export const comments = z.string().max(4096).nullish();
const direction = z.enum(['PrimaryToRecovery', 'RecoveryToPrimary']).nullish();
const provider = z.looseObject({ instanceType: z.string().nullish() }).nullish();

export const TestFailoverBody = z.looseObject({
  properties: z.looseObject({
    failoverDirection: direction,
    networkType: text.nullish(),
    networkId: text.nullish(),
    comments,
    providerSpecificDetails: provider,
  }),
});

export const CommentsBody = z.looseObject({
  properties: z.looseObject({ comments }).nullish(),
});

export const FailoverBody = z.looseObject({
  properties: z.looseObject({
    failoverDirection: direction,
    sourceSiteOperations: z.enum(['Required', 'NotRequired']).nullish(),
    comments,
    providerSpecificDetails: provider,
  }),
});

export const PointBody = z.looseObject({
  properties: z.looseObject({ recoveryPointId: text.nullish(), comments, providerSpecificDetails: provider }),
});

export const ProviderBody = z.looseObject({
  properties: z.looseObject({ providerSpecificDetails: provider }),
});

export const RemoveBody = z.looseObject({
  properties: z
    .looseObject({
      disableProtectionReason: z.enum(['NotSpecified', 'MigrationComplete']).nullish(),
      replicationProviderInput: z.looseObject({ instanceType: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

export const UpdateBody = z.looseObject({ properties: z.looseObject({ providerSpecificDetails: provider }) });

export const ResolveBody = z.looseObject({
  properties: z
    .looseObject({
      healthErrors: z
        .array(z.looseObject({ healthErrorId: text }))
        .max(256)
        .nullish(),
    })
    .nullish(),
});

export const ServiceBody = z.looseObject({
  properties: z.looseObject({ providerSpecificDetails: provider }).nullish(),
});
