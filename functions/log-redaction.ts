import { app, type LogLevel } from '@azure/functions';
import { redacted } from '../shared/system/redacted';
import { tellLine } from '../shared/system/telemetry/told-log';

const severities: Partial<Record<LogLevel, 'WARN' | 'ERROR'>> = {
  warning: 'WARN',
  error: 'ERROR',
  critical: 'ERROR',
};

/** What triggers log goes to the host's own log; it is cleaned on the way, stack traces of others included. */
app.hook.log((log) => {
  log.message = redacted(log.message);
  if (log.category !== 'user') return;
  const severity = severities[log.level] ?? 'INFO';
  tellLine(severity, log.message, { function: log.invocationContext?.functionName });
});
