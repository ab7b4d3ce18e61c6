import { app } from '@azure/functions';

/** What the functions saw, for whoever asks. */
const seen: { readonly kind: string; readonly what: unknown }[] = [];

export function note(kind: string, what: unknown): void {
  seen.push({ kind, what });
}

app.http('seen', {
  route: 'seen/{kind?}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (request) => ({
    jsonBody: seen
      .filter(({ kind }) => request.params['kind'] === undefined || kind === request.params['kind'])
      .map(({ what }) => what),
  }),
});
