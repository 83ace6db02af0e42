// What the server says of itself (RFC 9113 section 6.5), as far as a client has to know it.

import { ERROR, FRAME_BYTES_MAX, SETTING, UINT31_MAX } from './frame.ts';
import type { Violation } from './violation.ts';

/** Far more than an honest peer needs in one frame. */
const SETTINGS_MAX = 32;
const SETTING_BYTES = 6;
const FRAME_BYTES_LIMIT = 2 ** 24 - 1;
const TABLE_BYTES_DEFAULT = 4096;

export class PeerSettings {
  streamsMax = Infinity;
  initialWindowBytes = 65_535;
  frameBytesMax: number = FRAME_BYTES_MAX;
  /** It keeps a smaller table than an encoder may take for granted. */
  smallTable = false;

  read(payload: Buffer): Violation | undefined {
    if (payload.length % SETTING_BYTES !== 0) {
      const text = `a frame of settings has ${payload.length} bytes`;
      return { code: ERROR.frameSize, text };
    }
    if (payload.length > SETTINGS_MAX * SETTING_BYTES) {
      const text = `more than ${SETTINGS_MAX} settings in one frame`;
      return { code: ERROR.enhanceYourCalm, text, limit: true };
    }
    for (let at = 0; at < payload.length; at += SETTING_BYTES) {
      const violation = this.#set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  /** Settings that nobody knows are ignored, as they shall be. */
  #set(name: number, value: number): Violation | undefined {
    if (name === SETTING.headerTableBytes) this.smallTable ||= value < TABLE_BYTES_DEFAULT;
    else if (name === SETTING.streamsMax) this.streamsMax = value;
    else if (name === SETTING.enablePush && value !== 0) return wrong(name, value, ERROR.protocol);
    else if (name === SETTING.initialWindowBytes) {
      if (value > UINT31_MAX) return wrong(name, value, ERROR.flowControl);
      this.initialWindowBytes = value;
    } else if (name === SETTING.frameBytesMax) {
      const valid = value >= FRAME_BYTES_MAX && value <= FRAME_BYTES_LIMIT;
      if (!valid) return wrong(name, value, ERROR.protocol);
      this.frameBytesMax = value;
    }
    return undefined;
  }
}

function wrong(name: number, value: number, code: number): Violation {
  return { code, text: `its setting ${name} is ${value}` };
}
