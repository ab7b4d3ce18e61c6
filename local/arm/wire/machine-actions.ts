import { putOperation } from '../data/operations';
import type { Resource } from '../data/resource';
import { Failure } from '../failure';
import { machineInner } from '../kinds/machine-properties';
import type { Cloud } from '../work/cloud';
import { roomName } from '../work/run-machine';
import { newOperation, type Call } from './change';
import { progressHeaders } from './long-running';
import type { Answer } from './request';

const verbs = new Set(['start', 'poweroff', 'deallocate', 'restart']);
const displayed = { running: 'VM running', stopped: 'VM stopped', deallocated: 'VM deallocated' } as const;

/** What can be done with a machine beyond changing it. */
export async function actOnMachine(call: Call, machine: Resource, action: string): Promise<Answer> {
  const { request, cloud } = call;
  const word = action.toLowerCase();
  if (request.method === 'GET' && word === 'instanceview')
    return { status: 200, body: await instanceView(cloud, machine) };
  if (request.method === 'POST' && word === 'retrievebootdiagnosticsdata') {
    const serialConsoleLogBlobUri = `${request.origin}/_console/${roomName(machine)}`;
    return { status: 200, body: { serialConsoleLogBlobUri } };
  }
  if (request.method !== 'POST' || !verbs.has(word)) {
    throw new Failure(
      501,
      'NotImplemented',
      `${request.method} ${action} of a machine: not implemented by this server.`,
    );
  }
  const operation = newOperation(call, word, machine.id);
  await cloud.store.write((database) => putOperation(database, operation));
  call.worker.begin(operation, call.fault);
  return { status: 202, headers: progressHeaders(request, operation) };
}

/** The guest agent is said to be ready once the console showed that the machine is up, and only then. */
export async function instanceView({ room, clock }: Cloud, machine: Resource): Promise<object> {
  const { power } = machineInner(machine);
  const state = String(machine.properties['provisioningState']);
  const time = new Date(clock.now()).toISOString();
  const look = await room.look(roomName(machine));
  const actual = power === 'running' && !look.isRunning && state === 'Succeeded' ? 'stopped' : power;
  const agent = {
    code: 'ProvisioningState/succeeded',
    level: 'Info',
    displayStatus: 'Ready',
    message: 'GuestAgent is running.',
    time,
  };
  return {
    vmAgent: look.isBooted ? { vmAgentVersion: '1.0', statuses: [agent] } : undefined,
    bootDiagnostics: {},
    statuses: [
      {
        code: `ProvisioningState/${state.toLowerCase()}`,
        level: 'Info',
        displayStatus: `Provisioning ${state.toLowerCase()}`,
        time,
      },
      { code: `PowerState/${actual}`, level: 'Info', displayStatus: displayed[actual] },
    ],
  };
}
