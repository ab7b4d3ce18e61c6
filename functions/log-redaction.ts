import { app } from '@azure/functions';
import { redacted } from '../shared/system/redacted';

/** What triggers log goes to the host's own log; it is cleaned on the way, stack traces of others included. */
app.hook.log((log) => {
  log.message = redacted(log.message);
});
