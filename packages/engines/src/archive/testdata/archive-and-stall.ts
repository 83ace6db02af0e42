// Archives a day and says when it has begun to write; the test kills it in the middle.

import { existsSync, readdirSync } from 'node:fs';
import { silentLogger, systemClock } from '@holdfast/kernel';
import { openSqliteStore } from '../../sqlite/open-store.ts';
import { archiveDay } from '../archive-day.ts';

const [, , path = '', folder = '', dayMs = ''] = process.argv;
const store = await openSqliteStore({ path, clock: systemClock, logger: silentLogger });
const seen = setInterval(() => {
  if (existsSync(folder) && readdirSync(folder).some((name) => name.includes('.csv.zst')))
    process.stdout.write('writing\n');
}, 1);
await archiveDay(store.results, folder, Number(dayMs));
clearInterval(seen);
process.stdout.write('done\n');
await store.close();
