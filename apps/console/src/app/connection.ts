// What may be said of the live stream: "live" only while it can be believed. An open connection
// that has been silent for much longer than the busiest check allows is as stale as a broken one.

export interface Connection {
  state: 'connecting' | 'open' | 'lost';
  /** When that state began, our clock. */
  sinceMs: number;
  /** When anything was last heard, our clock; absent before the first. */
  heardAtMs?: number;
}

export type Liveness =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'reconnecting' }
  /** What is shown was true then. */
  | { kind: 'stale'; sinceMs: number };

/** A short break mends itself; naming it at once would only cry wolf. */
const RECONNECT_GRACE_MS = 10_000;

/** Silence that no busy agent or slow network explains. */
const SILENCE_MS_MIN = 30_000;

/** `shortestIntervalMs` is of the checks that run; absent when none does, and then silence means nothing. */
export function liveness(
  connection: Connection,
  shortestIntervalMs: number | undefined,
  nowMs: number,
): Liveness {
  const heardAtMs = connection.heardAtMs ?? connection.sinceMs;
  if (connection.state === 'open') {
    return isSilent(heardAtMs, shortestIntervalMs, nowMs)
      ? { kind: 'stale', sinceMs: heardAtMs }
      : { kind: 'live' };
  }
  if (nowMs - connection.sinceMs >= RECONNECT_GRACE_MS)
    return { kind: 'stale', sinceMs: heardAtMs };
  return connection.heardAtMs === undefined ? { kind: 'connecting' } : { kind: 'reconnecting' };
}

/** Three runs of the busiest check missed, and never less than half a minute. */
export function isSilent(
  heardAtMs: number,
  shortestIntervalMs: number | undefined,
  nowMs: number,
): boolean {
  if (shortestIntervalMs === undefined) return false;
  return nowMs - heardAtMs > Math.max(SILENCE_MS_MIN, 3 * shortestIntervalMs);
}

/** First wait before connecting again; doubles up to the cap. */
const RETRY_MS_FIRST = 1000;
const RETRY_MS_MAX = 30_000;

/** `chance` 0…1 spreads the consoles of a restarted server over the second half of each wait. */
export function retryDelayMs(attempt: number, chance: number): number {
  const capMs = Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** Math.min(attempt, 10));
  return capMs / 2 + (capMs / 2) * chance;
}
