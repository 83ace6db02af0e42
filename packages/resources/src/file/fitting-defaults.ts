// Defaults are for every check they fit: what only some kinds know, or what does not go with what the
// check says itself, is no fault of the check and is not laid under it.

import { isFieldOf, KIND_EXPECTATIONS } from '../probe-check/kinds.ts';
import type { Kind } from '../probe-check/target.ts';
import { ruleFault } from '../rule/rule-field.ts';
import type { WrittenField, WrittenFields } from './written-fields.ts';

/** The check's own fields over those of the defaults that fit. */
export function laidFields(
  type: Kind | undefined,
  target: string | undefined,
  own: WrittenFields,
  defaults: WrittenFields,
): WrittenFields {
  const laid: WrittenFields = new Map();
  for (const [key, field] of defaults) {
    const fitting = type === undefined ? field : fittingPart(type, field);
    const otherwise =
      fitting !== undefined && isSaidOtherwise(field, { type, target, own, defaults });
    if (fitting !== undefined && !otherwise) laid.set(key, fitting);
  }
  for (const [key, field] of own) laid.set(key, field);
  return laid;
}

function fittingPart(type: Kind, field: WrittenField): WrittenField | undefined {
  const { group, name, value } = field;
  if (group !== 'expect') return isFieldOf(type, group ?? name, value) ? field : undefined;
  if (!KIND_EXPECTATIONS[type].includes(name)) return undefined;
  if (name !== 'that') return field;
  const rules = [value].flat().filter((rule) => ruleFault(String(rule), type) === undefined);
  return rules.length === 0 ? undefined : { ...field, value: rules };
}

interface Around {
  type: Kind | undefined;
  target: string | undefined;
  own: WrittenFields;
  defaults: WrittenFields;
}

/** What a check says itself by one of these, defaults do not say by the other. */
const ALTERNATIVES: Readonly<Record<string, string>> = {
  pool: 'connection',
  connection: 'pool',
  address: 'addresses',
  addresses: 'address',
  auth: 'headers\nauthorization',
  'headers\nauthorization': 'auth',
};

/** Without the other these mean nothing. */
const NEEDED: Readonly<Record<string, string>> = {
  trustAnchors: 'dnssec',
  roots: 'trace',
  expectContinue: 'body',
  'expect\nsecure': 'dnssec',
  'expect\nbanner': 'banner',
};

function isSaidOtherwise({ group, name, value }: WrittenField, around: Around): boolean {
  const { type, target, own, defaults } = around;
  const key =
    group === undefined ? name : `${group}\n${group === 'headers' ? name.toLowerCase() : name}`;
  const alternative = ALTERNATIVES[key];
  if (alternative !== undefined && own.has(alternative)) return true;
  const needed = NEEDED[key];
  if (needed !== undefined && !isOn((own.get(needed) ?? defaults.get(needed))?.value)) return true;
  const aboutTls = group === 'tls' || key === 'expect\ncertificateDays';
  if (aboutTls && (type === 'tcp' || type === 'dns')) return !speaksTls(around);
  if (group === 'tls') return /^grpc:/i.test(target ?? '');
  // Counted among the locations it stands beside.
  if (name === 'quorum') return own.has('locations') && /\d/.test(String(value));
  // `dns://server/name`, or a server with the name in `query`.
  if (name === 'server')
    return (
      /^dns:\/\/[^/]/i.test(target ?? '') ||
      own.has('trace') ||
      (own.has('query') && own.get('query')?.value !== target)
    );
  if (name === 'service' || (group === 'expect' && name === 'serving')) return own.has('method');
  return false;
}

function isOn(value: unknown): boolean {
  return value !== undefined && value !== false;
}

/** Of tcp and dns checks, where it is a choice. */
function speaksTls({ type, own, defaults }: Around): boolean {
  const said = (name: string) => (own.get(name) ?? defaults.get(name))?.value;
  if (type === 'dns')
    return (
      ['tls', 'https'].includes(String(said('transport'))) ||
      /^(?:tls|https):/i.test(String(said('server')))
    );
  const dialogue = own.get('dialogue')?.value;
  const steps = Array.isArray(dialogue) ? (dialogue as { startTls?: unknown }[]) : [];
  return (
    said('secure') === true ||
    said('startTls') !== undefined ||
    steps.some((step) => step.startTls === true)
  );
}
