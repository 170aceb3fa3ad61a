import * as z from 'zod';
import { batchSchema, transactionSchema } from './validate.ts';

const accepted = z.object({
  id: z.string().describe('The id of the transaction.'),
  replayed: z.boolean().describe('The key was known, with the same body.'),
});

const acceptedBatch = accepted.omit({ id: true }).extend({ ids: z.array(z.string()) });

const fault = z.object({
  status: z.int(),
  detail: z.string(),
  faults: z.array(z.string()).optional().describe('Every fault of header and body.'),
});

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return rest;
};

const json = (name: string, type = 'application/json') => ({
  content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } },
});

const faults = Object.fromEntries(
  Object.entries({
    400: 'The body is not JSON',
    409: 'The key was used with another body',
    413: 'The body is too long',
    415: 'The body is no JSON by its type',
    422: 'Every fault of header and body',
    503: 'Redis is away, full or slow: repeat the same request with the same key',
  }).map(([status, description]) => [
    status,
    { description, ...json('Problem', 'application/problem+json') },
  ]),
);

const post = (operationId: string, summary: string, request: string, answer: string) => ({
  post: {
    ...{ operationId, summary },
    parameters: [
      {
        ...{ name: 'Idempotency-Key', in: 'header', required: true },
        description: 'Made once for a request, and repeated with it.',
        schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
      },
    ],
    requestBody: { required: true, ...json(request) },
    responses: {
      202: {
        description: 'Redis has it',
        headers: { 'Idempotency-Replayed': { schema: { type: 'string', enum: ['true', 'false'] } } },
        ...json(answer),
      },
      ...faults,
    },
  },
});

/** The service as OpenAPI 3.1 has it, made of the schemas that requests are read by. @see https://spec.openapis.org/oas/v3.1.1 */
export const openApi = {
  openapi: '3.1.1',
  info: { title: 'Transactions, the write side', version: '1.0.0' },
  paths: {
    '/transactions': post('postTransaction', 'Takes one transaction', 'Transaction', 'Accepted'),
    '/transactions/batch': post('postBatch', 'Takes all of several, or none', 'Batch', 'AcceptedBatch'),
  },
  components: {
    schemas: {
      Transaction: schemaOf(transactionSchema),
      Batch: schemaOf(batchSchema),
      Accepted: schemaOf(accepted),
      AcceptedBatch: schemaOf(acceptedBatch),
      Problem: schemaOf(fault),
    },
  },
};
