// The name of a delivery, worked out from what it says to whom: the same event of the same alert to
// the same channel has one id for ever. That is what makes repeats after a crash harmless, and what
// lets a recovery refer to the mail of its firing.

import type { AlertDelivery } from '@holdfast/resources/alert-record';

/** Fit for an HTTP header and the left side of a Message-ID, whatever the channel is called. */
export function deliveryId(
  alertId: string,
  event: AlertDelivery['event'],
  channel: string,
): string {
  return `${alertId}.${event}.${channel.replace(/[^A-Za-z0-9_-]/gu, escaped)}`;
}

function escaped(character: string): string {
  return `=${character.codePointAt(0)?.toString(16)}=`;
}
