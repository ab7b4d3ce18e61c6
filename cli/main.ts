#!/usr/bin/env node
import { homedir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, interrupted } from './failure';
import { run } from './run';

const leaving = new AbortController();
// The first Ctrl-C ends in good order, the second one at once.
process.once('SIGINT', () => {
  leaving.abort();
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
});
// Whoever reads has read enough: `lifeboat status | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

void run(process.argv.slice(2), {
  environment: process.env,
  homeFolder: homedir(),
  isTerminal: {
    input: process.stdin.isTTY,
    output: process.stdout.isTTY,
    notes: process.stderr.isTTY,
  },
  output: (text) => void process.stdout.write(text),
  note: (text) => void process.stderr.write(text),
  ask: async (question) => {
    const asking = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await asking.question(question, { signal: leaving.signal });
    } finally {
      asking.close();
    }
  },
  now: () => Date.now(),
  sleep: async (durationInMs) => {
    await sleep(durationInMs, undefined, { signal: leaving.signal }).catch(() => {
      throw interrupted();
    });
  },
  interrupted: leaving.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
