// The kernel's door. Everything here is pure or a thin face of the machine's clock and chance.

export * from './bounded-queue.ts';
export * from './chance.ts';
export * from './clock.ts';
export * from './duration.ts';
export * from './error.ts';
export * from './fault.ts';
export * from './hash.ts';
export * from './id.ts';
export * from './jitter.ts';
export * from './latency-sketch.ts';
export * from './observe.ts';
export { quantileOf } from './quantile.ts';
export * from './ring.ts';
export * from './running-statistics.ts';
export * from './seeded-chance.ts';
export * from './semaphore.ts';
export * from './system-chance.ts';
export * from './system-clock.ts';
export * from './timer-wheel.ts';
