import { z } from 'zod';
import { HostError } from '../host-error';
import { parseJsonText } from './parse-json-file';

const LocalSettings = z.looseObject({
  IsEncrypted: z.boolean().optional(),
  Values: z
    .record(
      z.string().min(1),
      z.union([z.string(), z.number(), z.boolean()], { error: 'must be a string' }).transform(String),
    )
    .default({}),
  ConnectionStrings: z.record(z.string(), z.unknown()).optional(),
});

/** The `Values` of local.settings.json. */
export function parseLocalSettings(text: string): Readonly<Record<string, string>> {
  const settings = parseJsonText('local.settings.json', text, LocalSettings);
  if (settings.IsEncrypted === true) {
    throw new HostError(
      'local.settings.json: IsEncrypted: true is not supported. Run `func settings decrypt`.',
    );
  }
  for (const name of Object.keys(settings.Values)) {
    if (/[=\0]/.test(name))
      throw new HostError(`local.settings.json: Values.${name}: is no name for a setting.`);
    if (settings.Values[name]?.includes('\0') === true) {
      throw new HostError(`local.settings.json: Values.${name}: holds a null character.`);
    }
  }
  return settings.Values;
}
