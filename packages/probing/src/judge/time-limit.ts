// Ends synchronous work that takes too long. Whatever a peer sends, nothing that it sets off may hold
// up the loop for good: V8 is told from another thread to stop, which only `node:vm` lets us ask for.

import { type Context, createContext, Script } from 'node:vm';

export type LimitedWork<T> = { ended: true; value: T } | { ended: false };

interface Room {
  context: Context & { work?: () => unknown };
  script: Script;
}

let room: Room | undefined;

/** Passes on what the work throws. The work must leave nothing half-done that anybody looks at later. */
export function withinTime<T>(work: () => T, limitMs: number): LimitedWork<T> {
  room ??= { context: createContext({}), script: new Script('work()') };
  const { context, script } = room;
  context.work = work;
  try {
    return { ended: true, value: script.runInContext(context, { timeout: limitMs }) as T };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return { ended: false };
    throw error;
  } finally {
    delete context.work;
  }
}
