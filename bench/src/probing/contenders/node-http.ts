// What most Node programs would do: node:http with a fresh connection per request, its times taken,
// the body read to its end.

import { get } from 'node:http';
import type { Endpoint } from '../../targets.ts';
import type { MakeContender } from '../contender.ts';

export const makeNodeHttp: MakeContender = async () => ({ once: ask });

function ask({ host, port }: Endpoint): Promise<{ connectMs: number; totalMs: number }> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    let connectMs = 0;
    const request = get({ host, port, path: '/', agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`Status ${response.statusCode}.`));
      response.resume();
      response.once('end', () => resolve({ connectMs, totalMs: performance.now() - beganMs }));
    });
    request.once('socket', (socket) => {
      socket.once('connect', () => {
        connectMs = performance.now() - beganMs;
      });
    });
    request.once('error', reject);
  });
}
