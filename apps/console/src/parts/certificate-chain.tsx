// The certificates that a peer showed, from its own up to the authority: whose, by whom, for which
// names, how long still, and whether all of it held. Times of the handshake and the stapled answer
// about revocation stand with them.

import type { CertificateFacts, ProbeResult, TlsFacts } from '@holdfast/resources/result';
import type { CSSProperties, ReactNode } from 'react';
import { serverNowMs } from '../app/now.ts';
import { useWords } from '../words/use-words.ts';
import { CERTIFICATE_DAYS_MIN } from './attention.ts';
import { CopyButton } from './copy-button.tsx';
import { numberOf, recordOf, textOf } from './detail-shape.ts';
import { Latency } from './figure-text.tsx';
import { daysLeft, exactText } from './moments.ts';
import { StateMark } from './state-mark.tsx';

const NAMES_SHOWN = 8;
const MARKS = ['certificate_received', 'keys_agreed', 'chain_verified'] as const;

export function CertificateChain({
  tls,
  detail,
}: {
  tls: TlsFacts;
  detail: ProbeResult['detail'];
}): ReactNode {
  const words = useWords();
  if (tls.chain.length === 0) return null;
  return (
    <section className="evidence" aria-label={words.result.chain}>
      <h3>
        {words.result.chain}
        {tls.verified ? (
          <span>
            <StateMark mark="up" size={9} /> {words.result.verified}
          </span>
        ) : (
          <span className="bad">
            <StateMark mark="down" size={9} /> {words.result.unverified}
            {tls.verifyError !== undefined && `: ${tls.verifyError}`}
          </span>
        )}
      </h3>
      {tls.chain.map((certificate, depth) => (
        <Certificate key={certificate.fingerprint256} certificate={certificate} depth={depth} />
      ))}
      <Staple ocsp={recordOf(detail.ocsp)} />
      <Marks marks={recordOf(detail.marks)} />
    </section>
  );
}

function Certificate({
  certificate,
  depth,
}: {
  certificate: CertificateFacts;
  depth: number;
}): ReactNode {
  const words = useWords();
  const days = daysLeft(certificate.validToMs, serverNowMs());
  const how = days < 0 ? 'over' : days < CERTIFICATE_DAYS_MIN ? 'soon' : 'long';
  const names = certificate.names.map((name) => name.replace(/^(DNS|IP):/, ''));
  return (
    <div className="certificate" style={{ '--depth': depth } as CSSProperties}>
      <b className="break">{commonName(certificate.subject)}</b>
      <span
        className={how === 'over' ? 'bad' : how === 'soon' ? 'warn' : 'quiet'}
        title={`${words.result.validTo} ${exactText(certificate.validToMs, words.locale)}`}
      >
        {how !== 'long' && <StateMark mark={how === 'over' ? 'down' : 'degraded'} size={10} />}{' '}
        {words.result.daysLeft(days)}
      </span>
      <span className={`certificate-days certificate-${how}`} aria-hidden="true">
        <i style={{ width: `${(100 * shareLeft(certificate)).toFixed(1)}%` }} />
      </span>
      <p>
        <span className="quiet">{words.result.issuer} </span>
        {commonName(certificate.issuer)}
        <span className="quiet"> · {certificate.publicKey}</span>
      </p>
      {names.length > 0 && (
        <p className="quiet">
          {names.slice(0, NAMES_SHOWN).join(', ')}
          {names.length > NAMES_SHOWN && ` +${names.length - NAMES_SHOWN}`}
        </p>
      )}
      <p className="certificate-print">
        <code className="quiet" title={certificate.fingerprint256}>
          {certificate.fingerprint256}
        </code>
        <CopyButton text={certificate.fingerprint256} name={words.evidence.fingerprint} />
      </p>
    </div>
  );
}

function Staple({ ocsp }: { ocsp: Record<string, unknown> | undefined }): ReactNode {
  const words = useWords();
  if (ocsp === undefined) return null;
  const status = textOf(ocsp.status);
  const next = Date.parse(textOf(ocsp.next_update) ?? '');
  return (
    <p className="evidence-line">
      <span className="quiet">{words.evidence.revocation} </span>
      {ocsp.stapled === true || ocsp.cached === true ? (
        <span className={status === 'good' ? undefined : 'bad'}>
          {status ?? words.evidence.unbelieved}
        </span>
      ) : (
        words.evidence.notStapled
      )}
      {Number.isFinite(next) && (
        <span className="quiet">
          {' · '}
          {words.result.validTo} {exactText(next, words.locale)}
        </span>
      )}
      {textOf(ocsp.problem) !== undefined && (
        <span className="warn"> · {textOf(ocsp.problem)}</span>
      )}
    </p>
  );
}

function Marks({ marks }: { marks: Record<string, unknown> | undefined }): ReactNode {
  const words = useWords();
  const told = MARKS.filter((mark) => numberOf(marks?.[`${mark}_ms`]) !== undefined);
  if (told.length === 0) return null;
  return (
    <p className="evidence-line">
      <span className="quiet">{words.evidence.handshake} </span>
      {told.map((mark, place) => (
        <span key={mark}>
          {place > 0 && ' · '}
          {words.evidence.marks[mark]} <Latency ms={numberOf(marks?.[`${mark}_ms`])} />
        </span>
      ))}
    </p>
  );
}

/** Of its whole life, 0…1. */
function shareLeft({ validFromMs, validToMs }: CertificateFacts): number {
  const life = Math.max(1, validToMs - validFromMs);
  return Math.max(0.01, Math.min(1, (validToMs - serverNowMs()) / life));
}

function commonName(subject: string): string {
  return /CN\s*=\s*([^,\n]+)/.exec(subject)?.[1] ?? subject;
}
