// The fields that only icmp, grpc or plugins have, each with its own demand. A description opens with
// the kinds.

import * as z from 'zod';
import { demand } from '../fields/demand.ts';
import { durationField } from '../fields/duration-field.ts';
import { checkHeadersField } from '../fields/header-field.ts';
import { CHECK_PLACEHOLDER_FORMS } from '../fields/placeholder.ts';
import { textField, wholeNumberField } from '../fields/plain-fields.ts';

/** Ten packets a second and more are a flood, not a probe. */
const PACKET_INTERVAL_BOUNDS = { minMs: 10, maxMs: 10_000, text: '10ms to 10s' };

/** `package.Service/Method`; a leading slash, as on the wire, is read over. */
export const CALL = /^\/?[A-Za-z_][A-Za-z0-9_.]*\/[A-Za-z_][A-Za-z0-9_]*$/;

const METADATA = demand('is a name that the protocol keeps for itself', 'write another name');
/** What framing and protocol depend on. */
const OWN_METADATA =
  /^(?:grpc-.*|connection|content-length|content-type|host|http2-settings|keep-alive|proxy-connection|te|transfer-encoding|upgrade)$/i;

export const icmpFields = {
  packets: wholeNumberField(1, 100, 'write packets: 5')
    .describe('icmp: echo requests of one run; default 1.')
    .optional(),
  packetInterval: durationField(PACKET_INTERVAL_BOUNDS, '200ms')
    .describe('icmp: time from packet to packet; default 200ms.')
    .optional(),
  payload: z
    .unknown()
    .describe(
      'icmp: bytes carried by each packet, 16 to 65,000; default 56. grpc: the request message, as JSON.',
    )
    .optional(),
  ttl: wholeNumberField(1, 255, 'write ttl: 64')
    .describe('icmp: hops a packet may take; default 64.')
    .optional(),
};

export const grpcFields = {
  service: z
    .string({ error: demand('must be the name of a service', 'write service: shop.v1.Orders') })
    .max(1_024, { error: demand('must be at most 1,024 characters', 'shorten it') })
    .describe('grpc: asked of the health service; default the server as a whole.')
    .optional(),
  descriptorSet: textField(
    'must be the path of a descriptor set, or one in base64',
    'write descriptorSet: orders.binpb',
  )
    .describe(
      'grpc: descriptor set of the method, as a path relative to the file or in base64; default asked of the server by reflection.',
    )
    .optional(),
  messages: wholeNumberField(1, 10_000, 'write messages: 1')
    .describe('grpc: messages of a stream read at most; default 1.')
    .optional(),
  metadata: checkHeadersField
    .superRefine((metadata, context) => {
      for (const name of Object.keys(metadata))
        if (OWN_METADATA.test(name))
          context.addIssue({ code: 'custom', path: [name], message: METADATA });
    })
    .describe(`grpc: metadata of the call. Values may hold ${CHECK_PLACEHOLDER_FORMS}.`)
    .optional(),
};

const OPTIONS = demand('must be a mapping of fields', 'write with: {…}, as the plugin says');

export const pluginFields = {
  with: z
    .record(z.string(), z.unknown(), { error: OPTIONS })
    .describe('plugin: what the plugin of this kind wants to know; it proves it itself.')
    .optional(),
};
