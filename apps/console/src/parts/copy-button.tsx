// Copies a text and says so for a moment. Where the browser forbids it, it says that instead.

import { type ReactNode, useEffect, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';

const SAID_MS = 1600;

export function CopyButton({ text, name }: { text: string; name?: string }): ReactNode {
  const words = useWords();
  const [said, setSaid] = useState<'copied' | 'copyFailed'>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = window.setTimeout(() => setSaid(undefined), SAID_MS);
    return () => window.clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    void copyText(text).then((done) => setSaid(done ? 'copied' : 'copyFailed'));
  };
  return (
    <button
      type="button"
      className="button small"
      onClick={copy}
      aria-label={name === undefined ? undefined : `${words.copy}: ${name}`}
    >
      <Icon name={said === 'copied' ? 'check' : 'copy'} size={14} />
      <span aria-live="polite">{said === undefined ? words.copy : words[said]}</span>
    </button>
  );
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
