// The process of one contender: `contender-process.ts NAME KIND`. It runs rounds and reports the CPU
// time (user and system, all threads) that they took. A round with a single failed operation is no
// measurement: the process ends with the error.

import { answerParent } from '../child-process.ts';
import type { Endpoint } from '../targets.ts';
import type {
  Contender,
  KeptKind,
  Kind,
  MakeContender,
  MakeKeptContender,
  RoundAnswer,
  RoundQuestion,
  StartAnswer,
  StartQuestion,
} from './contender.ts';

const MAKERS: Readonly<Record<string, () => Promise<MakeContender | MakeKeptContender>>> = {
  holdfast: async () => (await import('./contenders/holdfast.ts')).makeHoldfast,
  bare: async () => (await import('./contenders/bare-sockets.ts')).makeBareSockets,
  'node-http': async () => (await import('./contenders/node-http.ts')).makeNodeHttp,
  fresh: async () => (await import('./contenders/kept-connections.ts')).makeFresh,
  kept: async () => (await import('./contenders/kept-connections.ts')).makeKept,
  'kept-by-hand': async () => (await import('./contenders/kept-by-hand.ts')).makeKeptByHand,
  blackbox: async () => (await import('./contenders/blackbox-exporter.ts')).makeBlackboxExporter,
};

const [name = '', kind = ''] = process.argv.slice(2);
let contender: Contender | undefined;
let endpoints: Endpoint[] = [];
let next = 0;

async function start({ targets }: StartQuestion): Promise<StartAnswer> {
  const make = await MAKERS[name]?.();
  if (make === undefined) throw new Error(`There is no contender "${name}".`);
  endpoints = targets[kind as Kind | KeptKind];
  const made = await make(kind as Kind & KeptKind, targets);
  if (typeof made === 'string') return { unavailable: made };
  contender = made;
  return {};
}

async function round({ operations, concurrency }: RoundQuestion): Promise<RoundAnswer> {
  const one = contender;
  if (one === undefined) throw new Error('The contender has not been started.');
  await quiet();
  const cpuBeforeUs = cpuUs(one);
  const beganMs = performance.now();
  let left = operations;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await one.once(nextEndpoint());
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const wallMs = performance.now() - beganMs;
  await quiet();
  return {
    cpuUsPerOperation: (cpuUs(one) - cpuBeforeUs) / operations,
    operationsPerS: (operations / wallMs) * 1000,
  };
}

function nextEndpoint(): Endpoint {
  next = (next + 1) % endpoints.length;
  const endpoint = endpoints[next];
  if (endpoint === undefined) throw new Error('The targets have no endpoint.');
  return endpoint;
}

function cpuUs(one: Contender): number {
  if (one.cpuUs !== undefined) return one.cpuUs();
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Closing what the last operations left open belongs to the round that opened it. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

answerParent<StartQuestion | RoundQuestion, StartAnswer | RoundAnswer>(
  (question) => ('targets' in question ? start(question) : round(question)),
  async () => contender?.close?.(),
);
