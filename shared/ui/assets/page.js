import { Api } from './api.js';
import { find } from './dom.js';
import { showHealth } from './health.js';
import { Jobs } from './jobs.js';
import { Machines } from './machines.js';

const refreshInMs = 15_000;
const kept = sessionStorage;
const [machines, jobs] = [new Machines(), new Jobs()];
/** Who looks now; what an earlier one still waits for is let go. */
let current;

/** The vault is in the address, after the #: it can be sent to others. The token never is. */
function vaultInAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.RecoveryServices\/vaults\/[^/]+$/i.test(
    id,
  )
    ? id
    : undefined;
}

function askToSignIn(why = '') {
  current = undefined;
  kept.removeItem('token');
  find('board').hidden = true;
  find('sign-out').hidden = true;
  find('sign-in').hidden = false;
  find('sign-in').elements.vault.value = vaultInAddress() ?? kept.getItem('vault') ?? '';
  say(why, why !== '');
}

function say(words, isWrong = false) {
  find('news').textContent = words;
  find('news').classList.toggle('wrong', isWrong);
}

async function show(api) {
  find('sign-in').hidden = true;
  find('sign-out').hidden = false;
  find('vault-name').textContent = api.vaultId.split('/').at(-1);
  current = api;
  machines.use(api);
  jobs.use(api);
  let asOf = '';
  const look = async () => {
    const [health, items, newest] = await Promise.all([api.health(), api.items(), api.jobs()]);
    if (current !== api) return;
    showHealth(health);
    machines.show(items);
    jobs.show(newest);
    find('board').hidden = false;
    asOf = `As of ${new Date().toISOString().slice(11, 19)} UTC`;
    say(asOf);
  };
  const again = async () => {
    if (current !== api) return;
    try {
      if (!document.hidden) await look();
    } catch (error) {
      if (current !== api) return;
      if (error.status === 401) return askToSignIn('The token is not, or no longer, good. Get a new one.');
      // What is shown stays, with the time it was true at: old news beats none.
      say([error.message, error.action, asOf].filter(Boolean).join(' '), true);
    }
    setTimeout(() => void again(), refreshInMs);
  };
  await again();
}

find('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const { vault, token } = Object.fromEntries(new FormData(event.target));
  location.hash = vault.trim().replace(/\/+$/, '');
  if (vaultInAddress() === undefined) return say('That is no vault id.', true);
  kept.setItem('token', token.trim());
  kept.setItem('vault', vaultInAddress());
  event.target.elements.token.value = '';
  void show(new Api(vaultInAddress(), token.trim()));
});

find('sign-out').addEventListener('click', () => askToSignIn());

const token = kept.getItem('token');
if (token !== null && vaultInAddress() !== undefined) void show(new Api(vaultInAddress(), token));
else askToSignIn();
