// Faults as a real prober would word them, one for each kind of trouble that the fixtures show.

import type { Fault, PhaseName, Status } from '@holdfast/resources/result';

export interface Trouble {
  status: Status;
  fault: Fault;
  /** How long the failing phase takes; absent = until the timeout. */
  failMs?: number;
}

export type TroubleName =
  | 'refused'
  | 'silent'
  | 'failing'
  | 'expired'
  | 'unknown-name'
  | 'body'
  | 'secret';

export const TROUBLES: Record<TroubleName, Trouble> = {
  refused: {
    status: 'down',
    failMs: 4.2,
    fault: fault(
      'connect',
      'CONNECT_REFUSED',
      503,
      'connect',
      'connect 10.20.4.17:8443: connection refused',
      'Nothing listens on that port: check that the service runs and its address and port.',
    ),
  },
  silent: {
    status: 'timeout',
    fault: fault(
      'timeout',
      'TIMEOUT',
      504,
      'wait',
      'no byte of the answer within 5 s; the request was sent after 38 ms',
      'The phase named here did not end in time: look there first, or raise `timeout`.',
    ),
  },
  failing: {
    status: 'down',
    failMs: 184,
    fault: fault(
      'server',
      'SERVER_FAILED',
      502,
      'transfer',
      'status 503 Service Unavailable, expected 200–299',
      'The server failed (5xx): look at its log for this request.',
    ),
  },
  expired: {
    status: 'down',
    failMs: 31,
    fault: fault(
      'tls',
      'TLS_CERTIFICATE_EXPIRED',
      502,
      'tls',
      'the certificate of legacy.example.com ended on 19 Nov 2026',
      'Renew the certificate and reload the server.',
    ),
  },
  'unknown-name': {
    status: 'down',
    failMs: 12,
    fault: fault(
      'name',
      'NAME_NOT_FOUND',
      502,
      'resolve',
      'no such name: api.internl.example.com (NXDOMAIN)',
      'Check the spelling of the host name and that it has an A or AAAA record.',
    ),
  },
  body: {
    status: 'down',
    failMs: 61,
    fault: fault(
      'assertion',
      'ASSERTION_JSON',
      500,
      undefined,
      '$.ready is false, expected true',
      'Compare the JSON body with `expect.json`.',
    ),
  },
  secret: {
    status: 'invalid',
    failMs: 0.2,
    fault: fault(
      'prober',
      'PROBER_SECRET_MISSING',
      500,
      undefined,
      '${env:METRICS_TOKEN} in header authorization is not set for the agent',
      'Set the variable or file that the placeholder names for the agent.',
    ),
  },
};

function fault(
  faultClass: Fault['class'],
  code: string,
  httpStatus: number,
  phase: PhaseName | undefined,
  message: string,
  cure: string,
): Fault {
  return {
    class: faultClass,
    code,
    httpStatus,
    ...(phase === undefined ? {} : { phase }),
    message,
    cure,
  };
}
