import { LogLevelName, type LogLevel } from '../log/logger';

/** The library's level names; anything else counts as information. */
export function toLogLevel(level: string): LogLevel {
  return LogLevelName.safeParse(level).data ?? 'information';
}
