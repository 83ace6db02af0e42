// For whoever writes checks: the vocabulary, what a text would come to, and one check measured once.
// Nothing here changes what is in force.

import type { Trial, Validation } from '@holdfast/resources/api';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './dependencies.ts';
import { answers } from './route-schema.ts';

interface WrittenText {
  text: string;
  format: 'yaml' | 'toml';
}

export function writingRoutes(server: FastifyInstance, dependencies: HttpDependencies): void {
  const vocabulary = { summary: 'JSON Schema of the configuration file, for editors' };
  server.get('/api/v1/schema', { schema: vocabulary }, async () => {
    const { holdfastFileSchema } = await import('@holdfast/resources/json-schema');
    return holdfastFileSchema();
  });

  server.post<{ Body: WrittenText }>(
    '/api/v1/validate',
    { schema: answers('Validation', 'What a text would come to; nothing is changed', textBody) },
    ({ body }): Promise<Validation> => dependencies.validate(body.text, body.format),
  );

  server.post<{ Body: { check: Record<string, unknown> } }>(
    '/api/v1/try',
    { schema: answers('Trial', 'Measure one check once; its result is not kept', checkBody) },
    ({ body, id }): Promise<Trial> => dependencies.tryCheck(body.check, id),
  );
}

const textBody = {
  body: {
    type: 'object',
    required: ['text'],
    properties: {
      text: { type: 'string' },
      format: { type: 'string', enum: ['yaml', 'toml'], default: 'yaml' },
    },
  },
};

const checkBody = {
  body: {
    type: 'object',
    required: ['check'],
    properties: { check: { type: 'object', description: 'In the terse form of the file' } },
  },
};
