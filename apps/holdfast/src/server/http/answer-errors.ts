// Every error answer has one shape: code, status, trace id, what happened, how to mend it.

import { ERRORS, HoldfastError, isHoldfastError, type Logger } from '@holdfast/kernel';
import type { ApiError } from '@holdfast/resources/api';
import type { FastifyError, FastifyInstance } from 'fastify';

export function answerErrors(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler<FastifyError | HoldfastError>((error, request, reply) => {
    const known = isHoldfastError(error) ? error : translate(error);
    const status = ERRORS[known.code].httpStatus;
    if (status >= 500) {
      logger.error('request failed', {
        trace_id: request.id,
        url: request.url,
        error: String(known.cause ?? known),
      });
    }
    return reply.status(status).send(body(known, request.id));
  });
  server.setNotFoundHandler((request) => {
    throw new HoldfastError(
      'NOT_FOUND',
      `nothing at ${request.method} ${request.url}`,
      'See /api/v1/openapi.json for what there is.',
    );
  });
}

function body(error: HoldfastError, traceId: string): ApiError {
  return {
    code: error.code,
    http_status: ERRORS[error.code].httpStatus,
    trace_id: traceId,
    message: error.message,
    cure: error.cure,
  };
}

function translate(error: FastifyError): HoldfastError {
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new HoldfastError(
      'USAGE',
      error.message,
      'See /api/v1/openapi.json for what is expected.',
      error,
    );
  }
  return new HoldfastError(
    'INTERNAL',
    'the server failed on this request',
    'Look for its trace id in the log.',
    error,
  );
}
