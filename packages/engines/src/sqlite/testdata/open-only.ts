// A process that is going to be killed: opens the store named by its argument, which brings it to the
// newest version, and lets go of it again.

import { openForWriting } from '../database.ts';

openForWriting(process.argv[2] ?? '').close();
