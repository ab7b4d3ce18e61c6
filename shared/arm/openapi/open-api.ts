import { z } from 'zod';
import { refusals } from '../../refusals';
import type { Operation } from '../operations/operation';
import { operations } from '../table';

/** The whole API as OpenAPI 3.1, made of the table that serves it: it cannot say what is not so. */
export function openApi(more: Record<string, Record<string, object>> = {}): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'lifeboat',
      version: '2023-06-01',
      description: 'Disaster recovery for virtual machines, on the wire of Azure Site Recovery.',
    },
    security: [{ bearer: [] }],
    paths: { ...paths, ...more },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        agentSignature: {
          ...{ type: 'apiKey', in: 'header', name: 'x-lifeboat-signature' },
          description: 'Ed25519, as docs/formats/agent-protocol.md has it',
        },
      },
      schemas: { Error: errorSchema, Resource: resourceSchema, Page: pageSchema },
    },
  };
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: Object.keys(refusals) },
        message: { type: 'string' },
        target: { type: 'string' },
        details: { type: 'array', items: { type: 'object' } },
      },
    },
  },
};

const resourceSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    type: { type: 'string' },
    location: { type: 'string' },
    properties: { type: 'object' },
  },
};

const pageSchema = {
  type: 'object',
  properties: {
    value: { type: 'array', items: { $ref: '#/components/schemas/Resource' } },
    nextLink: { type: ['string', 'null'] },
  },
};

function describe(operation: Operation): object {
  return {
    operationId: operation.name,
    summary: operation.summary,
    description: `Authorized by \`${operation.action}\`.`,
    tags: [operation.name.split('_')[0]],
    parameters: [...pathParameters(operation.path), version, ...(operation.query ?? []).map(queryParameter)],
    ...(operation.body === undefined || operation.method === 'DELETE'
      ? {}
      : { requestBody: { content: { 'application/json': { schema: schemaOf(operation.body) } } } }),
    responses: { ...responses(operation), default: content('Refused.', 'Error') },
  };
}

const version = {
  name: 'api-version',
  in: 'query',
  required: true,
  schema: { type: 'string', examples: ['2023-06-01'] },
};

function pathParameters(path: string): readonly object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 260 },
  }));
}

function queryParameter(name: string): object {
  return { name, in: 'query', required: false, schema: { type: 'string' } };
}

function schemaOf(body: z.ZodType<object>): object {
  const { $schema: _, ...schema } = z.toJSONSchema(body, { unrepresentable: 'any', io: 'input' });
  return schema;
}

function responses({ answers }: Operation): Record<string, object> {
  switch (answers) {
    case 'page':
      return { '200': content('A page.', 'Page') };
    case 'resource':
      return { '200': content('Done.', 'Resource') };
    case 'nothing':
      return { '204': { description: 'Done.' } };
    case 'job': {
      const header = { schema: { type: 'string' } };
      const headers = { 'Azure-AsyncOperation': header, Location: header };
      return { '202': { description: 'Accepted: follow the addresses.', headers } };
    }
  }
}

function content(description: string, schema: string): object {
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}
