// The words of what single kinds of probe saw, and of comparing two results, in English: a part of en.ts.

import { plural } from './english-numbers.ts';

export const enEvidence = {
  evidence: {
    fingerprint: 'fingerprint, SHA-256',
    revocation: 'Stapled answer (OCSP)',
    notStapled: 'none was sent',
    unbelieved: 'not believed',
    handshake: 'Handshake',
    marks: {
      certificate_received: 'certificate',
      keys_agreed: 'keys',
      chain_verified: 'chain verified',
    },
    resolution: 'Way of the name',
    signed: 'signature holds',
    unsigned: 'not signed',
    tries: 'Earlier tries',
    decided: (count: number): string => `try ${count} decided`,
    addresses: 'Each address',
    failedOf: (bad: number, all: number): string =>
      bad === 0 ? `all ${all} answer` : `${bad} of ${all} failed`,
    packets: 'Packets',
    returned: (count: number, sent: number): string => `${count} of ${sent} came back`,
    lost: 'lost',
    jitter: 'jitter',
    dialogue: 'Dialogue',
    didNotHold: 'did not hold',
    grpcStatus: 'gRPC status',
    serving: 'Health',
    messages: (count: number): string => `${count} ${plural(count, 'message', 'messages')}`,
  },
  comparison: {
    title: 'Comparison',
    choose: 'Compare with',
    lastGood: 'Last good one',
    end: 'End comparison',
    noGood: 'No good result is kept from before this one.',
    this: 'This',
    other: 'Other',
    same: 'No fact differs.',
    differ: (count: number): string => `${count} ${plural(count, 'fact differs', 'facts differ')}`,
    slower: (by: string): string => `${by} longer`,
    faster: (by: string): string => `${by} shorter`,
    fact: 'Fact',
  },
} as const;
