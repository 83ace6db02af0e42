// Makes results of a page of columns. Untouched parts are shared between the results of a page and
// therefore frozen. A row whose template is gone (deleted while it was read) is left out.

import type { CertificateFacts, ProbeResult } from '@holdfast/resources/result';
import { ByteReader } from '../rows/bytes.ts';
import {
  type RowColumns,
  type RowPage,
  STATUSES,
  type TemplateRecord,
} from '../rows/row-columns.ts';
import { Template } from '../rows/template.ts';
import { readBody } from './row-body.ts';

type Shared = Pick<ProbeResult, 'kind' | 'target' | 'agent' | 'fault' | 'context' | 'detail'>;

export function decodeRows(page: RowPage): ProbeResult[] {
  const templates = decodeTemplates(page);
  const reader = new ByteReader(page.columns.bodies);
  const results: ProbeResult[] = [];
  for (let index = 0; index < page.columns.count; index += 1) {
    const template = templates.get(page.columns.template[index] ?? 0);
    if (template !== undefined) results.push(decodeRow(page, index, template, reader));
  }
  return results;
}

function decodeRow(page: RowPage, index: number, template: Template, reader: ByteReader) {
  const { columns } = page;
  const plannedAtMs = columns.plannedAtMs[index] ?? 0;
  reader.at = index === 0 ? 0 : (columns.bodyEnd[index - 1] ?? 0);
  const body = readBody(reader, plannedAtMs);
  const patch = reader.text(columns.bodyEnd[index] ?? 0);
  const shared = template.apply(patch) as unknown as Shared;
  // Member by member: spreading takes twice the time, and this runs for every row that is read.
  const result: ProbeResult = {
    key: keyOf(columns, index, plannedAtMs),
    kind: shared.kind,
    target: shared.target,
    agent: shared.agent,
    startedAtMs: body.startedAtMs,
    scheduleLagMs: body.scheduleLagMs,
    loopLagMs: body.loopLagMs,
    status: STATUSES[columns.status[index] ?? 0] ?? 'invalid',
    totalMs: columns.totalMs[index] ?? 0,
    phases: body.phases,
    context: shared.context,
    detail: shared.detail,
  };
  return shared.fault === undefined ? result : { ...result, fault: shared.fault };
}

function keyOf(columns: RowColumns, index: number, plannedAtMs: number): ProbeResult['key'] {
  const { namespace = '', check = '' } = columns.checks[columns.check[index] ?? 0] ?? {};
  const location = columns.locations[columns.location[index] ?? 0] ?? '';
  return { namespace, check, location, plannedAtMs, attempt: columns.attempt[index] ?? 0 };
}

function decodeTemplates(page: RowPage): Map<number, Template> {
  const certificates = new Map<string, CertificateFacts>();
  for (const record of page.certificates)
    certificates.set(record.fingerprint, JSON.parse(record.text));
  return new Map(page.templates.map((record) => [record.id, decodeTemplate(record, certificates)]));
}

/** The template with its chain back in place, which no patch touches. */
function decodeTemplate(record: TemplateRecord, certificates: Map<string, CertificateFacts>) {
  const tree = JSON.parse(record.text) as Shared;
  if (record.chain !== '' && tree.context.tls !== undefined) {
    const fingerprints = JSON.parse(record.chain) as string[];
    tree.context.tls.chain = fingerprints.flatMap((each) => certificates.get(each) ?? []);
  }
  return new Template(tree as unknown as Record<string, unknown>);
}
