// Leaves a connection in good order: what was written goes out, then our end. A peer that takes
// neither holds nobody up beyond the abort.

import type { Socket } from 'node:net';

/** Resolves once all is out, or cannot go out any more; the caller destroys the socket then. */
export function part(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || socket.destroyed) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    socket.once('close', () => resolve());
    socket.end(() => resolve());
  });
}
