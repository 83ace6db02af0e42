import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressRuns,
  dialogueSteps,
  dnssecOf,
  earlierTries,
  packetsOf,
  plainFacts,
  resolutionSteps,
} from './detail-shape.ts';

test('the way of a name is read, with what each server said', () => {
  const fault = { class: 'timeout', code: 'TIMEOUT', message: 'no answer within 1 s' };
  assert.deepEqual(
    resolutionSteps({
      resolution_chain: [
        {
          zone: '.',
          server: 'a.root',
          ip: '192.0.2.1',
          transport: 'udp',
          time_ms: 4,
          kind: 'referral',
          secure: true,
        },
        { zone: 'org.', server: 'b.org', fault },
      ],
    }),
    [
      {
        zone: '.',
        server: 'a.root',
        address: '192.0.2.1',
        transport: 'udp',
        timeMs: 4,
        came: 'referral',
        secure: true,
      },
      { zone: 'org.', server: 'b.org', failure: 'no answer within 1 s' },
    ],
  );
  assert.deepEqual(dnssecOf({ dnssec: { state: 'bogus', reason: 'expired' } }), {
    state: 'bogus',
    reason: 'expired',
  });
});

test('packets come in the order sent, runs keep the order they were told in', () => {
  const replies = [
    { sequence: 2, rtt_ms: 3 },
    { sequence: 1, rtt_ms: 4, ttl: 57 },
  ];
  assert.deepEqual(packetsOf({ replies }), [
    { sequence: 1, rttMs: 4, ttl: 57 },
    { sequence: 2, rttMs: 3 },
  ]);
  const addresses = [{ ip: '192.0.2.1', status: 'down', total_ms: 5, code: 'CONNECT_REFUSED' }];
  assert.deepEqual(addressRuns({ addresses }), [
    { ip: '192.0.2.1', status: 'down', totalMs: 5, code: 'CONNECT_REFUSED' },
  ]);
});

test('whatever stands in a detail, reading it gives lists and never throws', () => {
  const names = ['resolution_chain', 'dnssec', 'addresses', 'replies', 'steps', 'earlier_tries'];
  const detail = fc.dictionary(fc.constantFrom(...names), fc.anything({ maxDepth: 3 }));
  const list = fc.array(
    fc.dictionary(fc.constantFrom('ip', 'status', 'kind', 'sequence', 'rtt_ms'), fc.anything()),
  );
  const listed = fc.dictionary(fc.constantFrom(...names), list);
  fc.assert(
    fc.property(fc.oneof(detail, listed), (given) => {
      for (const read of [resolutionSteps, addressRuns, packetsOf, dialogueSteps, earlierTries])
        assert.ok(Array.isArray(read(given)));
      dnssecOf(given);
      plainFacts(given.dnssec);
    }),
  );
});
