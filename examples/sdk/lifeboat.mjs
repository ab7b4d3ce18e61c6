// The official Site Recovery clients, pointed at lifeboat. Nothing in them is changed.
import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';

const { LIFEBOAT_ENDPOINT: endpoint, LIFEBOAT_TOKEN: token } = process.env;
if (!endpoint || !token) {
  console.error('Set LIFEBOAT_ENDPOINT and LIFEBOAT_TOKEN; see examples/README.md.');
  process.exit(2);
}

export const subscription = process.env.LIFEBOAT_SUBSCRIPTION ?? '00000000-0000-0000-0000-000000000000';
export const group = process.env.LIFEBOAT_GROUP ?? 'rescue';
export const vault = process.env.LIFEBOAT_VAULT ?? 'harbour';

/** In Azure, `new DefaultAzureCredential()` of @azure/identity does the same. */
export const credential = {
  getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
};

export const vaults = new RecoveryServicesClient(credential, subscription, { endpoint });
export const site = new SiteRecoveryManagementClient(credential, subscription, { endpoint });

/** For what only lifeboat has, such as registration tokens. */
export async function post(path, body) {
  const response = await fetch(`${endpoint}${path}?api-version=2023-06-01`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.error?.code}: ${answer.error?.message}`);
  return answer;
}
