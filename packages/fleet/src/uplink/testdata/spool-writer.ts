// A process that takes results into a spool ten times a second until it is killed, and tells how
// often it did.

import { silentLogger, sleep, systemClock } from '@holdfast/kernel';
import { sampleResult } from '../../testing/parts.ts';
import { Spool } from '../spool.ts';

const spool = await Spool.open({
  folder: process.argv[2] ?? '',
  clock: systemClock,
  logger: silentLogger,
});
for (let round = 0; round < 1_000; round += 1) {
  for (let number = 0; number < 10; number += 1) spool.push(sampleResult(round * 10 + number));
  console.log(round + 1);
  await sleep(systemClock, 100);
}
