import { z } from 'zod';
import type { ReportedMachine } from '../../../shared/contracts/agent/report';
import { type HttpRequest, sendRequest } from '../../service/http-request';

export interface VCenter {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly certificateAuthority?: string | undefined;
}

const Summary = z.object({ vm: z.string(), name: z.string(), power_state: z.string() });

const Details = z.looseObject({
  name: z.string(),
  guest_OS: z.string().default(''),
  instance_uuid: z.string().optional(),
  cpu: z.looseObject({ count: z.int().positive() }).optional(),
  memory: z.looseObject({ size_MiB: z.int().positive() }).optional(),
  disks: z
    .record(z.string(), z.looseObject({ label: z.string(), capacity: z.int().nonnegative().optional() }))
    .default({}),
  nics: z
    .record(
      z.string(),
      z.looseObject({
        mac_address: z.string().optional(),
        backing: z.looseObject({ network: z.string().optional() }).optional(),
      }),
    )
    .default({}),
});

const timeoutInMs = 60_000;

/** The machines that a vCenter knows, by its REST API (vSphere 7 and later). Reads alone; its session is ended afterwards. */
export async function discoverVCenter(server: VCenter): Promise<ReportedMachine[]> {
  const basic = Buffer.from(`${server.user}:${server.password}`).toString('base64');
  const call = caller(server);
  const session = z.string().parse(await call('POST', '/api/session', { authorization: `Basic ${basic}` }));
  const signed = { 'vmware-api-session-id': session };
  try {
    const machines: ReportedMachine[] = [];
    for (const summary of z.array(Summary).parse(await call('GET', '/api/vcenter/vm', signed))) {
      const path = `/api/vcenter/vm/${encodeURIComponent(summary.vm)}`;
      machines.push(machineOf(summary, Details.parse(await call('GET', path, signed))));
    }
    return machines;
  } finally {
    await call('DELETE', '/api/session', signed).catch(() => undefined);
  }
}

type Call = (method: string, path: string, headers: Record<string, string>) => Promise<unknown>;

function caller({ url, certificateAuthority }: VCenter): Call {
  return async (method, path, headers) => {
    const request: HttpRequest = {
      ...{ method, url: new URL(path, url), headers, body: Buffer.alloc(0), timeoutInMs },
      certificateAuthority,
    };
    const answer = await sendRequest(request);
    if (answer.status >= 300) throw new Error(`vCenter answered ${answer.status} to ${method} ${path}`);
    return answer.body.byteLength === 0 ? undefined : (JSON.parse(answer.body.toString('utf8')) as unknown);
  };
}

function machineOf(summary: z.infer<typeof Summary>, details: z.infer<typeof Details>): ReportedMachine {
  const system = details.guest_OS.toUpperCase();
  return {
    machineId: details.instance_uuid ?? summary.vm,
    name: details.name,
    osType: system.includes('WINDOWS')
      ? 'Windows'
      : /LINUX|UBUNTU|DEBIAN|RHEL|SLES|CENTOS/.test(system)
        ? 'Linux'
        : 'Other',
    powerState: summary.power_state === 'POWERED_ON' ? 'running' : 'stopped',
    generation: '1',
    ...(details.memory === undefined ? {} : { memoryBytes: details.memory.size_MiB * 1024 ** 2 }),
    ...(details.cpu === undefined ? {} : { processorCount: details.cpu.count }),
    disks: Object.entries(details.disks).flatMap(([diskId, { label, capacity = 0 }], index) =>
      capacity > 0 && capacity % 512 === 0
        ? [{ diskId, name: label, sizeBytes: capacity, isBootDisk: index === 0 }]
        : [],
    ),
    nics: Object.entries(details.nics).map(([nicId, { mac_address: macAddress, backing }]) => ({
      ...{ nicId, addresses: [] },
      ...(macAddress === undefined ? {} : { macAddress }),
      ...(backing?.network === undefined ? {} : { networkId: backing.network }),
    })),
  };
}
