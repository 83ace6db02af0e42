// What is wrong with an answer that came over sound HTTP/2 and is still no answer of gRPC: mostly
// something in front of the server that answers in its place, or that does not pass trailers on.

import { type Fault, fault } from '@holdfast/kernel';

const CONTENT_TYPE = /^application\/grpc(?:$|[+;])/;
const HTTP_OK = 200;
const SHOWN_LENGTH_MAX = 100;
const PROXY_CURE = 'Check that the port serves gRPC and that proxies on the way pass trailers on.';

/** Of an answer whose headers carry no status. */
export function headProblem(status: number, contentType: string): Fault | undefined {
  if (status !== HTTP_OK) return httpFault(status);
  return CONTENT_TYPE.test(contentType) ? undefined : notGrpcFault(contentType);
}

export function missingStatusFault(): Fault {
  const message = 'The answer ended without grpc-status.';
  return fault('PROTOCOL_INVALID_ANSWER', message, undefined, PROXY_CURE);
}

export function invalidStatusFault(written: unknown): Fault {
  const message = `The answer ended with "${String(written).slice(0, SHOWN_LENGTH_MAX)}" as grpc-status.`;
  return fault('PROTOCOL_INVALID_ANSWER', message);
}

export function encodingFault(encoding: string): Fault {
  const message = `A message is compressed with grpc-encoding ${encoding.slice(0, SHOWN_LENGTH_MAX)}.`;
  const cure = 'The prober accepts identity and gzip, and says so in grpc-accept-encoding.';
  return fault('PROTOCOL_INVALID_ANSWER', message, undefined, cure);
}

export function cutMessageFault(): Fault {
  return fault('PROTOCOL_INVALID_ANSWER', 'The answer ended within a message, with the status OK.');
}

function httpFault(status: number): Fault {
  const message = `The answer has HTTP status ${status} instead of 200 with a grpc-status.`;
  const serverFailed = status >= 500 && status <= 599;
  const refused = status >= 400 && status <= 499;
  if (!serverFailed && !refused) {
    return fault('PROTOCOL_INVALID_ANSWER', message, undefined, PROXY_CURE);
  }
  const code = serverFailed ? 'SERVER_FAILED' : 'REFUSED_BY_SERVER';
  return fault(code, message, undefined, 'A proxy in between answered: look at its log.');
}

function notGrpcFault(contentType: string): Fault {
  const message = `The answer is no gRPC: its content-type is ${contentType.slice(0, SHOWN_LENGTH_MAX)}.`;
  return fault('PROTOCOL_INVALID_ANSWER', message, undefined, PROXY_CURE);
}
