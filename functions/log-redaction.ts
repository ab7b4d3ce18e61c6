import { app } from '@azure/functions';
import { redacted } from '../shared/system/redacted';
import { tellLine } from '../shared/system/telemetry/told-log';

const severities = { warning: 'WARN', error: 'ERROR', critical: 'ERROR' } as const;

/** What triggers log goes to the host's own log; it is cleaned on the way, stack traces of others included. */
app.hook.log((log) => {
  log.message = redacted(log.message);
  if (log.category !== 'user') return;
  const severity = Object.entries(severities).find(([level]) => level === log.level)?.[1] ?? 'INFO';
  tellLine(severity, log.message, { function: log.invocationContext?.functionName });
});
