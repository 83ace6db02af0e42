// The kernel's door. Everything here is pure or a thin face of the machine's clock and chance.

export * from './chance.ts';
export * from './clock.ts';
export * from './error.ts';
export * from './fault.ts';
export * from './observe.ts';
export * from './system-clock.ts';
