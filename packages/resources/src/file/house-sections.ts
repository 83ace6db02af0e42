// What holds for the whole house: sections of a file, or the spec of the resource Settings. It can be
// said in one place only, because one half of a rule in each of two files would be read by nobody.

import type { Path } from '../source/source-node.ts';
import type { FileContents } from './file-contents.ts';
import type { SoundFile } from './file-schema.ts';
import type { At, ProblemList } from './problem-list.ts';

export interface HouseSection<K extends 'egress' | 'retention' | 'limits'> {
  value: NonNullable<SoundFile[K]>;
  at: At;
}

export function takeHouseSections(
  sections: Pick<SoundFile, 'egress' | 'retention' | 'limits'>,
  contents: FileContents,
  under: (...path: Path) => At,
  list: ProblemList,
): void {
  for (const name of ['egress', 'retention', 'limits'] as const) {
    if (sections[name] === undefined) continue;
    const first = contents[name];
    const section = { value: sections[name], at: under(name) };
    if (first === undefined) Object.assign(contents, { [name]: section });
    else
      list.key(section.at, {
        message: `is given already, at ${list.placeText(first.at)}`,
        hint: 'keep one of the two',
      });
  }
}
