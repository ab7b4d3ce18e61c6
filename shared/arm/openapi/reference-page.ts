import type { Operation } from '../operations/operation';
import { operations } from '../table';

/** Every operation on one page that needs nothing from anywhere else, and no script. */
export function referencePage(): string {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = operation.name.split('_')[0] ?? '';
    groups.set(name, [...(groups.get(name) ?? []), operation]);
  }
  const sections = [...groups].map(
    ([name, members]) => `<section id="${name}"><h2>${name}</h2>${members.map(entry).join('')}</section>`,
  );
  const links = [...groups.keys()].map((name) => `<a href="#${name}">${name}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lifeboat API</title>
<style>${style}</style>
</head>
<body>
<header><h1>lifeboat API</h1>
<p>${operations.length} operations of the Site Recovery API and what lifeboat adds. Machine-readable:
<a href="/openapi.json">openapi.json</a>. Every call carries a bearer token and an <code>api-version</code>.</p></header>
<nav aria-label="Groups">${links.join(' ')}</nav>
<main>${sections.join('\n')}</main>
</body>
</html>
`;
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:70rem;margin:0 auto;padding:1rem}
nav a{display:inline-block;margin:.15rem .6rem .15rem 0}
details{border-top:1px solid #8884;padding:.35rem 0}
summary{cursor:pointer;overflow-wrap:anywhere}
b{display:inline-block;min-width:4.5rem}
code{overflow-wrap:anywhere}
`;

function entry({ name, method, path, summary, action, answers, query = [] }: Operation): string {
  return `<details><summary><b>${method}</b> <code>${escaped(path)}</code></summary>
<dl><dt>${escaped(summary)}</dt><dd>Operation <code>${name}</code>; answers with ${words[answers]}.</dd>
<dt>Allowed by</dt><dd><code>${action}</code></dd>
${query.length === 0 ? '' : `<dt>Query</dt><dd><code>${query.join(', ')}</code></dd>`}</dl></details>`;
}

const words = {
  page: 'a page of resources',
  resource: 'the resource',
  job: 'a job to follow',
  nothing: 'nothing',
} as const;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
