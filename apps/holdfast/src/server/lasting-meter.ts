// A meter for parts that come and go while the server stays: whoever asks again for an instrument gets
// the one that is there, and what it counted goes on.

import type { Meter } from '@holdfast/kernel';

export function lastingMeter(meter: Meter): Meter {
  const made = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };
  return {
    counter: (name, ...rest) => once(name, () => meter.counter(name, ...rest)),
    gauge: (name, ...rest) => once(name, () => meter.gauge(name, ...rest)),
    histogram: (name, ...rest) => once(name, () => meter.histogram(name, ...rest)),
  };
}
