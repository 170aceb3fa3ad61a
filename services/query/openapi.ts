import * as z from 'zod';
import { searchSchema } from './request.ts';

const transaction = z.object({
  id: z.string(),
  status: z.enum(['posted', 'pending', 'failed']).describe('`pending` and `failed` come with the id alone.'),
  currency: z.string().optional().describe('Alphabetic code of ISO 4217.'),
  exponent: z.int().optional().describe('Digits of the minor unit.'),
  description: z.string().optional(),
  entries: z
    .array(z.object({ account: z.string(), amount: z.int().describe('Whole minor units.') }))
    .optional(),
  acceptedAt: z.string().optional().describe('ISO 8601 in UTC.'),
});

const progress = z.object({
  completeUpTo: z.string().describe('All transactions accepted before it are found, failed ones aside.'),
  pending: z.int().describe('Accepted and not indexed yet.'),
  failed: z.int().describe('In the failed set.'),
});

const page = z.object({
  transactions: z.array(transaction),
  next: z.string().optional().describe('The cursor of the next page; absent: there is none.'),
  index: progress,
});

const fault = z.object({
  status: z.int(),
  detail: z.string(),
  faults: z.array(z.string()).optional(),
});

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' });
  return rest;
};

const answer = (description: string, name: string, type = 'application/json') => ({
  description,
  content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } },
});

const faults = Object.fromEntries(
  Object.entries({
    422: 'Every fault of the request',
    503: 'A store is away or slow: ask again',
  }).map(([status, text]) => [status, answer(text, 'Problem', 'application/problem+json')]),
);

/** The service as OpenAPI 3.1 has it, made of the schemas that requests are read by. @see https://spec.openapis.org/oas/v3.1.1 */
export const openApi = {
  openapi: '3.1.1',
  info: { title: 'Transactions, the read side', version: '1.0.0' },
  paths: {
    '/transactions/{id}': {
      get: {
        operationId: 'getTransaction',
        summary: 'One transaction, from MongoDB or as its queue has it',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: {
          200: answer('The transaction', 'Transaction'),
          404: answer('It was never accepted', 'Problem', 'application/problem+json'),
          ...faults,
        },
      },
    },
    '/transactions': {
      get: {
        operationId: 'searchTransactions',
        summary: 'Transactions of the index, newest first',
        parameters: Object.entries(searchSchema.shape).map(([name, schema]) => ({
          ...{ name, in: 'query', required: false, schema: schemaOf(schema) },
        })),
        responses: { 200: answer('A page, and how far the index is', 'Page'), ...faults },
      },
    },
  },
  components: {
    schemas: { Transaction: schemaOf(transaction), Page: schemaOf(page), Problem: schemaOf(fault) },
  },
};
