import { z } from 'zod';

const levels = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export type LogLevel = (typeof levels)[number];

/** A level by name, in any case. */
export const LogLevelName = z
  .string()
  .transform((name) => name.toLowerCase())
  .pipe(z.enum(levels, { error: `must be one of ${levels.join(', ')}` }));

/** Categories follow the real host: `Function.<name>`, `Function.<name>.User`, `Host.Startup`, `Host.Triggers.Timer` ... */
export type LogSink = (level: LogLevel, category: string, message: string) => void;

export interface LoggerOptions {
  /** Level by category; the longest matching prefix wins, `default` is the fallback. */
  readonly levels: Readonly<Record<string, LogLevel>>;
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/** Writes lines like `[2026-01-01T00:00:00.000Z] Executing ...`, those the levels let through. */
export function createLogger({ levels: byCategory, now, write }: LoggerOptions): LogSink {
  const ranks = new Map<string, number>();
  return (level, category, message) => {
    let rank = ranks.get(category);
    if (rank === undefined) ranks.set(category, (rank = levels.indexOf(levelFor(byCategory, category))));
    if (level === 'none' || levels.indexOf(level) < rank) return;
    const mark = levels.indexOf(level) >= levels.indexOf('warning') ? `${level}: ` : '';
    write(`[${new Date(now()).toISOString()}] ${mark}${message}`);
  };
}

function levelFor(byCategory: Readonly<Record<string, LogLevel>>, category: string): LogLevel {
  let best: { length: number; level: LogLevel } = {
    length: -1,
    level: byCategory['default'] ?? 'information',
  };
  for (const [prefix, level] of Object.entries(byCategory)) {
    const matches = category === prefix || category.startsWith(`${prefix}.`);
    if (matches && prefix.length > best.length) best = { length: prefix.length, level };
  }
  return best.level;
}
