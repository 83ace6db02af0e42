// A whole check of which a test names only what it cares for.

import type { CompiledCheck } from '@holdfast/resources/compiled-check';

export function checkOf(part: Partial<CompiledCheck>): CompiledCheck {
  return {
    namespace: 'shop',
    name: 'api',
    target: '127.0.0.1:1',
    intervalMs: 1_000,
    timeoutMs: 900,
    labels: {},
    paused: false,
    spec: { kind: 'tcp', host: '127.0.0.1', port: 1, ip: '4' },
    ...part,
  };
}
