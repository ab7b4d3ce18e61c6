import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Log } from '../../ports/log';
import { redacted } from '../redacted';

type Severity = 'INFO' | 'WARN' | 'ERROR';

/** A line for OpenTelemetry, with the trace that it was said in. Without an SDK in the process it is said to nobody. */
export function tellLine(severity: Severity, what: string, about: object = {}): void {
  const attributes = Object.entries(about).map(([name, value]) => [
    name,
    redacted(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')),
  ]);
  logs.getLogger('lifeboat').emit({
    severityNumber: SeverityNumber[severity],
    severityText: severity,
    body: redacted(what),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
  });
}

/** The log, whose lines go to OpenTelemetry as well. */
export function toldLog(log: Log): Log {
  const write =
    (level: keyof Log, severity: Severity) =>
    (what: string, about?: object): void => {
      log[level](what, about);
      tellLine(severity, what, about);
    };
  return { info: write('info', 'INFO'), warn: write('warn', 'WARN'), error: write('error', 'ERROR') };
}
