import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { z } from 'zod';

const Body = z.looseObject({ properties: z.record(z.string(), z.unknown()).nullish() });

/**
 * Puts the reason into what starts a job. The official client sends only what its types know, and they have no place for it:
 * it is added to the request on its way.
 */
export function sayWhy(reason: string): PipelinePolicy {
  return {
    name: 'lifeboatReason',
    sendRequest: (request, next) => {
      if (request.method === 'POST' && typeof request.body === 'string') {
        request.body = JSON.stringify(withReason(request.body, reason));
      }
      return next(request);
    },
  };
}

function withReason(text: string, reason: string): object {
  const body = Body.parse(JSON.parse(text));
  return { ...body, properties: { ...body.properties, comments: reason } };
}
