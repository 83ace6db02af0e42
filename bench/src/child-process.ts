// A process of its own for each side of a comparison, so that heaps, compiled code and CPU time never
// mix. It answers one question at a time; its end or its silence fails the question that waits.

import { type ChildProcess, fork } from 'node:child_process';

/** Far more than the longest question takes, which is a minute of timers. */
const ANSWER_MS_MAX = 180_000;

export class Child<Question extends object, Answer extends object> {
  readonly #process: ChildProcess;
  readonly #name: string;

  /** `file` is a URL; its process gets `words` as arguments, `flags` for Node, and questions as messages. */
  constructor(file: string, words: string[], flags: readonly string[] = []) {
    this.#name = words.join(' ');
    this.#process = fork(new URL(file), words, {
      execArgv: [...process.execArgv, ...flags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#process.removeListener('message', onMessage).removeListener('exit', onExit);
        end();
      };
      const onMessage = (answer: unknown) => settle(() => resolve(answer as Answer));
      const onExit = () => settle(() => reject(new Error(`The process of ${this.#name} ended.`)));
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${this.#name} did not answer in time.`))),
        ANSWER_MS_MAX,
      );
      this.#process.once('message', onMessage).once('exit', onExit);
      if (this.#process.connected) this.#process.send(question);
      else onExit();
    });
  }

  /** As the machine's end would come to it: without a word. */
  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Closing the channel is the child's sign to end. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(timer);
  }
}

/** The child's side: answers each question; the process ends when its parent is gone. */
export function answerParent<Question, Answer extends object>(
  answer: (question: Question) => Promise<Answer>,
  close: () => Promise<void> = async () => {},
): void {
  process.on('message', (question: Question) => {
    answer(question).then(
      (value) => process.send?.(value),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on('disconnect', () => {
    const end = () => process.exit();
    close().then(end, end);
  });
}
