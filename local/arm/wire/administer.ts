import { z } from 'zod';
import { findResource, mustFind } from '../data/resources';
import { badRequest, Failure } from '../failure';
import { diskInner } from '../kinds/disks';
import { machineInner } from '../kinds/machine-properties';
import type { Cloud } from '../work/cloud';
import { Fault } from '../work/faults';
import { makeWhole } from '../work/run-machine';
import type { Answer, Request } from './request';

const Quota = z.object({
  location: z.string(),
  name: z.enum(['cores', 'virtualMachines']),
  limit: z.int().min(0),
});
const DirectBoot = z.object({
  kernel: z.string(),
  initrd: z.string().optional(),
  append: z.string().optional(),
});
const OfDisk = z.object({ id: z.string() });

export interface Administration {
  readonly cloud: Cloud;
  readonly setDelay: (delayInMs: number) => void;
}

/** Not of the service: how tests ask for faults and quotas, and reach the bytes of disks. */
export async function administer(
  { cloud, setDelay }: Administration,
  { method, path, body }: Request,
): Promise<Answer> {
  switch (`${method} ${path.slice(1).join('/')}`) {
    case 'PUT faults':
      cloud.faults.script(parse(z.array(Fault), body));
      return { status: 204 };
    case 'PUT quotas':
      return setQuota(cloud, parse(Quota, body));
    case 'PUT delay':
      setDelay(parse(z.object({ delayInMs: z.int().min(0) }), body).delayInMs);
      return { status: 204 };
    case 'PUT boot': {
      const { kernel, initrd, append } = parse(DirectBoot, body);
      cloud.room.directBoot = { kernel, ...(initrd && { initrd }), ...(append && { append }) };
      return { status: 204 };
    }
    case 'POST attach':
      return attach(cloud, parse(OfDisk, body).id);
    case 'POST materialise':
      return materialise(cloud, parse(OfDisk, body).id);
    default:
      throw new Failure(
        404,
        'NotFound',
        'There are PUT faults, quotas, delay, boot and POST attach, materialise.',
      );
  }
}

/** How to reach the disk as its machine sees it: over NBD while the machine runs, as a raw file where it is one. */
function attach({ store, nbd }: Cloud, id: string): Answer {
  const found = store.read((database) => mustFind(database, id));
  const { disk, backing } = diskInner(found);
  const machine = store.read((database) => findResource(database, String(found['managedBy'])));
  const sha256 = machine && machineInner(machine).digests?.[id];
  const url = nbd.urlOf(disk);
  return {
    status: 200,
    body: {
      sizeBytes: backing?.sizeBytes,
      ...(backing?.kind === 'file' && { path: backing.path }),
      ...(url && { url }),
      ...(sha256 && { sha256 }),
    },
  };
}

/** Makes a raw file of a disk that nothing runs on. */
async function materialise(cloud: Cloud, id: string): Promise<Answer> {
  const { store, nbd } = cloud;
  const { disk, backing } = diskInner(store.read((database) => mustFind(database, id)));
  if (backing === undefined) throw new Failure(409, 'OperationNotAllowed', `${id} is not ready.`);
  if (nbd.urlOf(disk) !== undefined && backing.kind === 'blob') {
    throw new Failure(409, 'OperationNotAllowed', `The machine of ${id} runs. Deallocate it first.`);
  }
  const made = await makeWhole(cloud, { id, disk, backing });
  return { status: 200, body: { ...made, sha256: await cloud.shelf.digest(disk, made) } };
}

async function setQuota({ store }: Cloud, { location, name, limit }: z.infer<typeof Quota>): Promise<Answer> {
  await store.write((database) =>
    database.run('INSERT OR REPLACE INTO quotas VALUES (?, ?, ?)', location, name, limit),
  );
  return { status: 204 };
}

function parse<T extends z.ZodType>(shape: T, body: unknown): z.infer<T> {
  const parsed = shape.safeParse(body);
  if (!parsed.success) throw badRequest('InvalidRequestContent', z.prettifyError(parsed.error));
  return parsed.data;
}
