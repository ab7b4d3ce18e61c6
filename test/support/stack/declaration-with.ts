import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const Declaration = z.looseObject({
  serviceBus: z.looseObject({ entities: z.string() }),
  app: z.looseObject({ folder: z.string(), environment: z.record(z.string(), z.string()) }),
});

/** The declaration of `npm start`, but for these settings of the app; its file is in the folder. */
export function declarationWith(folder: string, settings: Readonly<Record<string, string>>): string {
  const { serviceBus, app, ...others } = Declaration.parse(
    JSON.parse(readFileSync('local.cloud.json', 'utf8')),
  );
  const file = join(folder, 'cloud.json');
  const declaration = {
    ...others,
    serviceBus: { ...serviceBus, entities: resolve(serviceBus.entities) },
    app: { ...app, folder: resolve(app.folder), environment: { ...app.environment, ...settings } },
  };
  writeFileSync(file, JSON.stringify(declaration));
  return file;
}
