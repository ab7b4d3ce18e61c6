import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A page of Markdown, as its links and code. */
export interface Page {
  readonly path: string;
  readonly links: readonly string[];
  readonly anchors: ReadonlySet<string>;
  /** The lines of fenced blocks, whatever their language. */
  readonly commands: readonly string[];
  /** What stands between single backquotes. */
  readonly quoted: readonly string[];
}

const folders = ['.', 'docs', 'docs/decisions', 'docs/formats', 'docs/tutorials', 'examples'];

export function readPages(): Page[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => readPage(posix.join(folder, name))),
  );
}

function readPage(path: string): Page {
  const text = readFileSync(path, 'utf8');
  const blocks = [...text.matchAll(/^```[^\n]*\n([^]*?)^```/gm)].map(([, block]) => block ?? '');
  const prose = text.replaceAll(/^```[^\n]*\n[^]*?^```/gm, '');
  return {
    path,
    links: [...prose.matchAll(/(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? ''),
    anchors: new Set([...prose.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title ?? ''))),
    commands: blocks.flatMap((block) => block.split('\n')).map((line) => line.trim()),
    quoted: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? ''),
  };
}

/** A title's anchor, as code hosts make it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
