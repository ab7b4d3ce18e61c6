import { z } from 'zod';
import type { Resource } from '../../contracts/catalogue/resource';
import { LifeboatError } from '../../errors';
import { isPublicHttps } from '../../model/public-address';

export const WebhookBody = z.looseObject({
  properties: z.looseObject({
    url: z.string().min(1).max(2048),
    /** Signs every delivery. Kept, never shown. */
    secret: z.string().min(16).max(256),
    /** Which events to send; all where none is named. */
    eventTypes: z.array(z.string().min(1).max(200)).max(64).nullish(),
  }),
});

/**
 * A subscription as it is kept. Its address is checked here and again, resolved, at every delivery; before the first one it
 * is asked whether it wants any, and an address that was asked is asked again when it is put as another.
 */
export function webhookInput(
  { properties }: z.infer<typeof WebhookBody>,
  before: Readonly<Record<string, unknown>> | undefined,
): Record<string, unknown> {
  if (!isPublicHttps(properties.url)) {
    throw new LifeboatError(
      'BadRequest',
      'A webhook is an https address of a public host, without a name or password.',
      {
        target: 'properties.url',
      },
    );
  }
  return {
    url: properties.url,
    secret: properties.secret,
    eventTypes: properties.eventTypes ?? [],
    state: before?.['state'] === 'Active' && before['url'] === properties.url ? 'Active' : 'Pending',
  };
}

/** A subscription as it is shown: its secret goes in and never comes out. */
export function presentWebhook({ properties }: Resource): Record<string, unknown> {
  const { secret, ...shown } = properties;
  return { ...shown, hasSecret: secret !== undefined };
}
