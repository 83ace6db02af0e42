// An overlay: the browser's own modal dialog, which keeps the focus inside and gives it back. Esc
// and a click beside it close it; keys of the page behind it rest.

import { type ReactNode, useEffect, useRef } from 'react';
import { useCommands } from './key-commands.ts';

interface DialogProps {
  close: () => void;
  label: string;
  className: string;
  children: ReactNode;
}

export function Dialog({ close, label, className, children }: DialogProps): ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  useCommands({ close }, 'overlay');
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it only repeats what Esc does.
    <dialog
      ref={element}
      className={className}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
