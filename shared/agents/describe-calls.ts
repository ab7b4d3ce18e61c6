import { z } from 'zod';
import { DesiredState } from '../contracts/agent/desired';
import { AgentEvent } from '../contracts/agent/events';
import { RegisterAgent, Registration, RotateKey } from '../contracts/agent/identity';
import { StatusAnswer, StatusReport } from '../contracts/agent/report';
import { EpochRequest, Grant, GrantRequest, RingDoorbells } from '../contracts/agent/transfer';

interface Described {
  readonly method: 'get' | 'post';
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly status: number;
  readonly answer?: z.ZodType;
}

const calls: Readonly<Record<string, Described>> = {
  '/agents/v1/register': {
    ...{ method: 'post', summary: 'Registers a key pair for a single-use token', status: 201 },
    ...{ request: RegisterAgent, answer: Registration },
  },
  '/agents/v1/rotate-key': {
    ...{ method: 'post', summary: 'Replaces the key of the agent', status: 204, request: RotateKey },
  },
  '/agents/v1/desired': {
    ...{
      method: 'get',
      summary: 'Everything that is wanted of the agent',
      status: 200,
      answer: DesiredState,
    },
  },
  '/agents/v1/status': {
    ...{ method: 'post', summary: 'Everything that the agent knows', status: 200 },
    ...{ request: StatusReport, answer: StatusAnswer },
  },
  '/agents/v1/doorbell': {
    ...{ method: 'post', summary: 'These disks have news', status: 202, request: RingDoorbells },
  },
  '/agents/v1/grants': {
    ...{ method: 'post', summary: 'The right to upload into one epoch', status: 200 },
    ...{ request: GrantRequest, answer: Grant },
  },
  '/agents/v1/events': {
    ...{
      method: 'post',
      summary: 'A doorbell or a status as a CloudEvent',
      status: 202,
      request: AgentEvent,
    },
  },
  '/agents/v1/replicas/{replicaId}/epochs': {
    ...{ method: 'post', summary: 'Asks for a new epoch', status: 202, request: EpochRequest },
  },
  '/agents/v1/replicas/{replicaId}/digests': {
    ...{ method: 'get', summary: 'A part of the digest map of the base of an epoch', status: 200 },
  },
};

/** The agent face as paths of an OpenAPI description, made of the schemas that it parses with. */
export function describeCalls(): Record<string, Record<string, object>> {
  const content = (schema: z.ZodType): object => ({
    'application/json': { schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) },
  });
  return Object.fromEntries(
    Object.entries(calls).map(([path, { method, summary, request, status, answer }]) => [
      path,
      {
        [method]: {
          ...{ summary, tags: ['Agents'], security: [{ agentSignature: [] }] },
          ...(request === undefined ? {} : { requestBody: { required: true, content: content(request) } }),
          responses: {
            [status]: { description: 'Done', ...(answer === undefined ? {} : { content: content(answer) }) },
          },
        },
      },
    ]),
  );
}
