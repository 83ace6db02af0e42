// Drives the real command in a process of its own, as a user would, for the end-to-end tests. Every
// process and folder made here is gone when its owner closes it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOP } from '../source-files.ts';

const LAUNCHER = join(TOP, 'apps/holdfast/bin/holdfast.js');
/** A cold start on a loaded machine of two cores. */
const START_MS_MAX = 30_000;
const POLL_MS = 20;

export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** Runs a command to its end. */
export function holdfast(
  words: string[],
  options: { cwd?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    cwd: options.cwd ?? TOP,
    env: { ...process.env, NO_COLOR: '1', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let out = '';
    let error = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (error += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
  });
}

export interface Up {
  url: string;
  pid: number;
  /** What it said so far. */
  said(): string;
  /** Stops it and resolves to its exit code; `SIGKILL` gives null. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** `holdfast up`, resolved once /readyz is ready. */
export function startUp(words: string[], environment: NodeJS.ProcessEnv = {}): Promise<Up> {
  return startServing(['up', '--listen', '127.0.0.1:0', ...words], environment);
}

/** A command that serves (`up`, `server`), resolved once its /readyz is ready. */
export async function startServing(
  words: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Up> {
  const started = startStaying(words, environment);
  const url = await started.until(/console\s+(http:\S+)/);
  await until(async () => (await fetch(`${url}/readyz`)).ok || undefined);
  return { url, pid: started.pid, said: started.said, stop: started.stop };
}

export interface Staying extends Omit<Up, 'url'> {
  /** The first group of what it says, as soon as it says so. */
  until(pattern: RegExp): Promise<string>;
}

/** A command that stays until it is stopped. */
export function startStaying(words: string[], environment: NodeJS.ProcessEnv = {}): Staying {
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    cwd: tmpdir(),
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    until: (pattern) => until(() => pattern.exec(said)?.[1] ?? failIfEnded(child, said)),
    pid: child.pid ?? 0,
    said: () => said,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

function failIfEnded(child: ChildProcess, said: string): undefined {
  if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said}`);
  return undefined;
}

/** Asks again until there is an answer; fails with what is waited for when there is none in time. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  { limitMs = START_MS_MAX, pollMs = POLL_MS } = {},
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`still not so after ${limitMs} ms: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** A folder for one test. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-end-to-end-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
