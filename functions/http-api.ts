import { app } from '@azure/functions';
import * as durable from 'durable-functions';
import { wiring } from '../shared/wiring';
import { durableJobs } from '../shared/wiring/durable-jobs';

/** The only HTTP function: the host matches routes in the order of function names, so a second would be swallowed. */
app.http('api', {
  route: '{*path}',
  methods: ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD'],
  authLevel: 'anonymous', // Tokens and roles are checked per operation, see shared/arm.
  extraInputs: [durable.input.durableClient()],
  handler: (request, context) => {
    const { api, telemetry } = wiring();
    const what = { name: 'api', traceparent: request.headers.get('traceparent') ?? undefined };
    return telemetry.span(what, () =>
      api(
        request,
        durableJobs(() => durable.getClient(context)),
      ),
    );
  },
});
