import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { copyTree, mistakesIn } from './node';
import { readTemplate, type Template } from './template';

/** The files of the infrastructure, by their path from the project's root, and what they must agree with. */
export interface Infra {
  readonly files: ReadonlyMap<string, string>;
  readonly templates: readonly Template[];
  /** The names of shared/settings.ts. */
  readonly settings: readonly string[];
}

let parsing: Promise<Parser> | undefined;

/** Parses every Bicep file. What does not parse is among the template's mistakes. */
export async function readInfra(
  files: ReadonlyMap<string, string>,
  settings: readonly string[],
): Promise<Infra> {
  parsing ??= bicepParser();
  const parser = await parsing;
  const bicep = [...files].filter(([path]) => path.endsWith('.bicep'));
  return { files, settings, templates: bicep.map(([path, text]) => parsed(parser, path, text)) };
}

/** Reading is the slow part, and most files are the same from one look to the next. */
const known = new Map<string, Template>();

function parsed(parser: Parser, path: string, text: string): Template {
  const key = `${path}\n${text}`;
  const template = known.get(key) ?? parse(parser, path, text);
  known.set(key, template);
  return template;
}

function parse(parser: Parser, path: string, text: string): Template {
  const tree = parser.parse(text);
  if (tree === null) throw new Error(`${path} cannot be parsed`);
  try {
    return readTemplate(path, copyTree(tree.rootNode), mistakesIn(tree.rootNode));
  } finally {
    tree.delete();
  }
}

async function bicepParser(): Promise<Parser> {
  const require = createRequire(join(process.cwd(), 'package.json'));
  await Parser.init();
  const parser = new Parser();
  const grammar = readFileSync(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));
  parser.setLanguage(await Language.load(grammar));
  return parser;
}
