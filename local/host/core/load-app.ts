import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { describeThrown, HostError, messageOf } from '../host-error';
import { entryFiles } from './entry-files';
import { type FunctionRegistry } from './function-registry';

const PackageFile = z.looseObject({
  name: z.string().optional(),
  main: z
    .string({ error: 'must be a file or a glob, such as "dist/functions/*.js"' })
    .min(1, 'must not be empty'),
  type: z.enum(['module', 'commonjs']).optional(),
});

/** Loads every file that package.json's `main` names, one after the other, as the real worker does. */
export async function loadApp(appFolder: string, registry: FunctionRegistry): Promise<void> {
  const { main, type } = readPackageFile(appFolder);
  const files = entryFiles(appFolder, main);
  if (files.length === 0) {
    throw new HostError(
      `package.json: main "${main}" matches no file in ${appFolder}. Build the app first, or correct main.`,
    );
  }
  for (const file of files) {
    registry.currentFile = file;
    await loadFile(path.join(appFolder, file), file, type === 'module');
  }
}

function readPackageFile(appFolder: string): z.infer<typeof PackageFile> {
  const file = path.join(appFolder, 'package.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HostError(`package.json: cannot be read in ${appFolder} (${messageOf(error)}).`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new HostError(`package.json: is not JSON (${messageOf(error)}).`);
  }
  const parsed = PackageFile.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HostError(`package.json: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}.`);
}

async function loadFile(file: string, shown: string, isModulePackage: boolean): Promise<void> {
  try {
    const isModule = file.endsWith('.mjs') || (isModulePackage && !file.endsWith('.cjs'));
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the app decides what its files are
    await (isModule ? import(pathToFileURL(file).href) : require(file));
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError(`${shown}: the entry point could not be loaded. ${describeThrown(error)}`, {
      cause: error,
    });
  }
}
