// Every command, in the order of the help. A new one is a file beside this and a line here.

import type { Command } from '../cli/command.ts';
import { backup, restore } from './backup.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { init } from './init.ts';
import { probe } from './probe.ts';
import { up } from './up.ts';
import { validate } from './validate.ts';

export const COMMANDS: readonly Command[] = [
  up,
  init,
  probe,
  validate,
  doctor,
  backup,
  restore,
  completion,
];
