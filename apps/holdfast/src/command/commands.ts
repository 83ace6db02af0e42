// Every command, in the order of the help. A new one is a file beside this and a line here.

import type { Command } from '../cli/command.ts';
import { agent } from './agent.ts';
import { apply } from './apply.ts';
import { archive } from './archive.ts';
import { backup, restore } from './backup.ts';
import { completion } from './completion.ts';
import { deleteResource } from './delete.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { get } from './get.ts';
import { init } from './init.ts';
import { probe } from './probe.ts';
import { run } from './run.ts';
import { server } from './server.ts';
import { token } from './token.ts';
import { up } from './up.ts';
import { validate } from './validate.ts';

export const COMMANDS: readonly Command[] = [
  up,
  server,
  agent,
  init,
  probe,
  run,
  validate,
  apply,
  get,
  diff,
  deleteResource,
  token,
  doctor,
  backup,
  restore,
  archive,
  completion,
];
