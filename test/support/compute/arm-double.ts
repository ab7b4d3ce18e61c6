import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArm, type Arm, type ArmOptions } from '../../../local/arm';
import { armCompute, type Compute } from '../../../shared/azure/compute/arm-compute';
import { PageBlobReplicaDisks } from '../../../shared/azure/page-blob-replica-disks';
import type { ReplicaDisks } from '../../../shared/ports/replica-disks';
import { systemClock } from '../../../shared/system/system-clock';
import { startAzurite, type Azurite } from '../azurite';
import { selfSigned } from '../host/self-signed';
import { trust } from '../stack/trust';

/** The key of every Azurite's own account. */
const wellKnownKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export const storageAccountId =
  '/subscriptions/6c696665-626f-4174-8000-0000000000f0/resourceGroups/storage/providers/Microsoft.Storage/storageAccounts/devstoreaccount1';

/** The double of Resource Manager in this process, on its own storage, and the adapter that drives it. */
export interface ArmDouble extends Compute {
  readonly replicas: ReplicaDisks;
  readonly azurite: Azurite;
  readonly endpoint: string;
  /** A call of the double's own, as its README lists them. */
  administer(method: 'PUT' | 'POST', what: string, body: unknown): Promise<unknown>;
  /** A call of Resource Manager, as any client could make it. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  contentOf(diskId: string): Promise<Buffer>;
  /** Stops the double and starts it again on what it kept. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Chosen = Partial<Pick<ArmOptions, 'qemu' | 'faults' | 'ready' | 'die' | 'issuer'>>;

export async function startArmDouble(chosen: Chosen = {}): Promise<ArmDouble> {
  const folder = await mkdtemp(join(tmpdir(), 'arm-'));
  const azurite = await startAzurite();
  const { certificateFile, privateKeyFile } = await selfSigned(folder);
  const certificate = readFileSync(certificateFile, 'utf8');
  trust(certificate);
  const options: Omit<ArmOptions, 'port'> = {
    ...chosen,
    dataFolder: join(folder, 'data'),
    ...{ certificate, key: readFileSync(privateKeyFile, 'utf8') },
    storage: [{ name: 'devstoreaccount1', endpoint: azurite.endpoint, key: wellKnownKey }],
  };
  let arm: Arm = await startArm({ ...options, port: 0 });
  const { endpoint, port } = arm;
  const compute = armCompute({
    endpoint,
    credential: { getToken: () => Promise.resolve({ token: 'local', expiresOnTimestamp: Infinity }) },
    pollEveryInMs: 20,
    replicaEndpoint: azurite.endpoint,
    storageAccountId,
  });
  const call: ArmDouble['call'] = async (method, path, body) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const administer: ArmDouble['administer'] = async (method, what, body) => {
    const answer = await call(method, `/_admin/${what}`, body);
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  return {
    ...compute,
    replicas: new PageBlobReplicaDisks(azurite.service(), systemClock),
    ...{ azurite, endpoint, administer, call },
    contentOf: async (diskId) => {
      const { path } = (await administer('POST', 'materialise', { id: diskId })) as { path: string };
      return readFileSync(path);
    },
    restart: async () => {
      await arm.stop();
      arm = await startArm({ ...options, port });
    },
    stop: async () => {
      await arm.stop();
      await azurite.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
