// The door for tests and simulations: parts of the kernel whose time the caller owns.

export * from './simulated-clock.ts';
