import { builtParts, describe, readCommandLine, startCloud, usage, type Cloud, type Line } from './cloud';

/** `npm start`: the whole cloud on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  const { isHelp, ...options } = readCommandLine(process.argv.slice(2));
  if (isHelp) return console.log(usage);

  // Until everything serves, leaving is enough: the parts notice, and end by themselves.
  process.on('SIGINT', leave).on('SIGTERM', leave);
  const cloud = await startCloud({
    ...options,
    programs: __dirname,
    parts: builtParts(__dirname),
    onLine: show,
    say: (sentence) => console.log(`${'cloud'.padEnd(10)} | ${sentence}`),
  });
  stopOnSignals(cloud);
  process.off('SIGINT', leave).off('SIGTERM', leave);
  console.log(describe(cloud, options.dataFolder, performance.now() - startedAt));
}

function show({ from, text, isError }: Line): void {
  if (isNews(text)) (isError ? console.error : console.log)(`${from.padEnd(10)} | ${text}`);
}

/** Addresses come in one table at the end; the host's list of its functions, in lines that begin with a tab, is for whoever starts it alone. */
function isNews(text: string): boolean {
  return text !== '' && text !== 'Functions:' && !text.startsWith('listening ') && !text.startsWith('\t');
}

function leave(): never {
  process.exit(1);
}

function stopOnSignals(cloud: Cloud): void {
  let isStopping = false;
  const stop = (): void => {
    // A second Ctrl-C is for those who cannot wait.
    if (isStopping) leave();
    isStopping = true;
    console.log('\nEnding the local cloud ...');
    cloud.stop().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
