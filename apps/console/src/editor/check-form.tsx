// The form beside the text: the common fields of the kind, each with what the server says of it.

import type { TextProblem } from '@holdfast/resources/api';
import { type ReactNode, useId } from 'react';
import { useWords } from '../words/use-words.ts';
import { fieldOfProblem, type Tree, valueAt, withValue } from './draft.ts';
import {
  type FormField,
  fieldsOf,
  KINDS,
  type Kind,
  kindOf,
  strangeFields,
  textOfValue,
  valueOfText,
} from './form-fields.ts';

interface CheckFormProps {
  check: Tree;
  change: (check: Tree) => void;
  problems: readonly TextProblem[];
}

export function CheckForm({ check, change, problems }: CheckFormProps): ReactNode {
  const words = useWords();
  const kind = kindOf(check);
  const choose = (next: Kind): void => {
    const kept = strangeFields(next).reduce(
      (tree, path) => withValue(tree, path, undefined),
      check,
    );
    change(withValue(kept, 'type', next));
  };
  return (
    <form className="editor-form" onSubmit={(event) => event.preventDefault()}>
      <fieldset className="editor-kinds">
        <legend>{words.editor.kind}</legend>
        {KINDS.map((name) => (
          <button
            key={name}
            type="button"
            className="chip"
            aria-pressed={kind === name}
            onClick={() => choose(name)}
          >
            {name}
          </button>
        ))}
      </fieldset>
      {fieldsOf(kind).map((field) => (
        <Field
          key={field.path}
          field={field}
          value={valueAt(check, field.path)}
          problems={problems.filter(({ path }) => isOf(field, path))}
          change={(value) => change(withValue(check, field.path, value))}
        />
      ))}
    </form>
  );
}

/** Whether a problem is shown at a field of the form. */
export function hasField(check: Tree, { path }: TextProblem): boolean {
  return fieldsOf(kindOf(check)).some((field) => isOf(field, path));
}

interface FieldProps {
  field: FormField;
  value: unknown;
  problems: readonly TextProblem[];
  change: (value: unknown) => void;
}

function Field({ field, value, problems, change }: FieldProps): ReactNode {
  const words = useWords();
  const id = useId();
  const text = textOfValue(field, value);
  const shared = {
    id,
    disabled: text === undefined,
    'aria-invalid': problems.some(({ severity }) => severity === 'error'),
    'aria-describedby': problems.length > 0 ? `${id}-problems` : undefined,
    spellCheck: false,
    value: text ?? '',
    onChange: (event: { target: { value: string } }) =>
      change(valueOfText(field, event.target.value)),
  };
  const placeholder = text === undefined ? words.editor.onlyText : (field.example ?? '');
  return (
    <div className="editor-field">
      <label htmlFor={id}>{words.editor.fields[field.path]}</label>
      {field.as === 'choice' && (
        <select {...shared}>
          <option value="">{words.editor.usual}</option>
          {choicesOf(field, text).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      )}
      {field.as === 'lines' && <textarea {...shared} rows={2} placeholder={placeholder} />}
      {field.as !== 'choice' && field.as !== 'lines' && (
        <input {...shared} type="text" placeholder={placeholder} autoComplete="off" />
      )}
      {problems.length > 0 && (
        <div id={`${id}-problems`} className="editor-problem">
          {problems.map((problem) => (
            <p key={`${problem.path} ${problem.message}`}>
              <span className={problem.severity === 'error' ? 'bad' : 'warn'}>
                {problem.message}
              </span>{' '}
              <span className="quiet">{problem.hint}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function isOf({ path: own }: FormField, path: string): boolean {
  const field = fieldOfProblem(path);
  return (
    field === own || field?.startsWith(`${own}[`) === true || field?.startsWith(`${own}.`) === true
  );
}

/** A value that stands in the text is never hidden by the list. */
function choicesOf({ choices = [] }: FormField, text: string | undefined): string[] {
  return text === undefined || text === '' || choices.includes(text)
    ? [...choices]
    : [...choices, text];
}
