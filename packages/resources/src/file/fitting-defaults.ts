// Defaults are for every check they fit: what only some kinds know, or what does not go with what the
// check says itself, is no fault of the check and is not laid under it.

import { isFieldOf, KIND_EXPECTATIONS } from '../probe-check/kinds.ts';
import type { CheckType } from '../probe-check/target.ts';
import { ruleFault } from '../rule/rule-field.ts';
import type { WrittenField, WrittenFields } from './written-fields.ts';

/** The check's own fields over those of the defaults that fit. */
export function laidFields(
  type: CheckType | undefined,
  target: string | undefined,
  own: WrittenFields,
  defaults: WrittenFields,
): WrittenFields {
  const laid: WrittenFields = new Map();
  for (const [key, field] of defaults) {
    const fitting = type === undefined ? field : fittingPart(type, field);
    if (fitting !== undefined && !isSaidOtherwise(field, target, own)) laid.set(key, fitting);
  }
  for (const [key, field] of own) laid.set(key, field);
  return laid;
}

function fittingPart(type: CheckType, field: WrittenField): WrittenField | undefined {
  const { group, name, value } = field;
  if (group !== 'expect') return isFieldOf(type, group ?? name, value) ? field : undefined;
  if (!KIND_EXPECTATIONS[type].includes(name)) return undefined;
  if (name !== 'that') return field;
  const rules = [value].flat().filter((rule) => ruleFault(String(rule), type) === undefined);
  return rules.length === 0 ? undefined : { ...field, value: rules };
}

function isSaidOtherwise(
  { group, name }: WrittenField,
  target: string | undefined,
  own: WrittenFields,
): boolean {
  if (group === 'tls') return /^grpc:/i.test(target ?? '');
  // `dns://server/name`, or a server with the name in `query`.
  if (name === 'server')
    return (
      /^dns:\/\/[^/]/i.test(target ?? '') ||
      (own.has('query') && own.get('query')?.value !== target)
    );
  if (name === 'service' || (group === 'expect' && name === 'serving')) return own.has('method');
  return false;
}
