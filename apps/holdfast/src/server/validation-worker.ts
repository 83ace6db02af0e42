// The thread in which texts are validated: one after the other, each question answered by its number.
// The loader turns whatever a text says into a value, so nothing here is caught.

import { parentPort } from 'node:worker_threads';
import type { TextAnswer, TextQuestion } from './text-validator.ts';
import { validateText } from './validation.ts';

parentPort?.on('message', ({ id, text, format, around }: TextQuestion) => {
  const answer: TextAnswer = { id, validation: validateText(text, format, around) };
  parentPort?.postMessage(answer);
});
