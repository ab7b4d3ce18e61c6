import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a program that serves, and obeys a few arguments, for supervisors to run. */
export async function programFolder(): Promise<{
  program: string;
  folder: string;
  remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  const program = join(folder, 'program.js');
  await writeFile(
    program,
    `const { appendFileSync, existsSync, readFileSync } = require('node:fs');
     const [name, journal, ...orders] = process.argv.slice(2);
     const note = (what) => appendFileSync(journal, name + ' ' + what + '\\n');
     const attempts = () => (existsSync(journal) ? readFileSync(journal, 'utf8').split('tries').length : 1);
     if (orders.includes('fail-twice')) note('tries');
     if (orders.includes('fail') || (orders.includes('fail-twice') && attempts() < 4)) { console.error('no luck today'); process.exit(3); }
     process.on('SIGTERM', () => {
       if (orders.includes('deaf')) return note('deaf');
       note('ends');
       process.exit(0);
     });
     note('starts');
     console.log('listening 1');
     setInterval(() => undefined, 1000);`,
  );
  return { program, folder, remove: () => rm(folder, { recursive: true }) };
}
