import { parseArgs } from 'node:util';
import { besidePeers } from './agent/beside-peers';
import { cutUplink } from './agent/cut-uplink';
import { liveLag } from './agent/live';
import { splitterSpeed } from './agent/splitter-speed';
import { accountsAt, type Accounts } from './ingest/replica';
import { startAzuriteProcess } from './support/azurite-process';

const sections = ['splitter', 'peers', 'live', 'uplink'] as const;

/**
 * npm run bench:agent -- --rounds 3 [--only splitter,peers,live,uplink] [--quick]: the agent beside raw NBD servers and
 * backup tools, everything of one section in one run on two Azurites.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: sections.join(',') },
      quick: { type: 'boolean', default: false },
    },
  });
  const rounds = values.quick ? 1 : Number(values.rounds);
  const wanted = values.only.split(',');
  if (wanted.includes('splitter')) {
    console.log('Splitter beside other NBD servers, on the same file');
    await splitterSpeed({ rounds, seconds: values.quick ? 1 : 2 });
  }
  if (wanted.includes('peers')) {
    console.log('A 1 GiB ext4 image beside other tools, on the same storage');
    await onAccounts((accounts) => besidePeers(accounts, rounds));
  }
  if (wanted.includes('live')) {
    console.log('Recovery points under a live load');
    await onAccounts((accounts) => liveLag(accounts, values.quick ? 3 : 1));
  }
  if (wanted.includes('uplink')) {
    console.log('The uplink is cut, and comes back');
    await onAccounts((accounts) => cutUplink(accounts, values.quick ? [1] : [1, 5, 30]));
  }
}

async function onAccounts(work: (accounts: Accounts) => Promise<void>): Promise<void> {
  const cache = await startAzuriteProcess();
  const target = await startAzuriteProcess();
  try {
    await work(accountsAt(cache.endpoint, target.endpoint));
  } finally {
    await Promise.all([cache.stop(), target.stop()]);
  }
}

void main();
