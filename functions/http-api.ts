import { app } from '@azure/functions';
import { wiring } from '../shared/wiring';

/** The only HTTP function: the host matches routes in the order of function names, so a second would be swallowed. */
app.http('api', {
  route: '{*path}',
  methods: ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD'],
  authLevel: 'anonymous', // Tokens and roles are checked per operation, see shared/arm.
  handler: (request) => wiring().api(request),
});
