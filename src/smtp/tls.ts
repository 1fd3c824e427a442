// What TLS we offer, and what became of a handshake (RFC 8996, RFC 9325).

import { constants } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import type { KeyExchange, TlsFailure } from '../model/tls.ts'
import type { Certificate } from './certificates.ts'

/**
 * The suites of TLS 1.2 in our order: forward secrecy and AEAD first. Key exchange by RSA comes last and not never,
 * since old Exchange servers know nothing better and do not fall back to cleartext: their reports would be lost.
 */
export const defaultCiphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-SHA256',
  'AES256-SHA256',
  'AES128-SHA',
  'AES256-SHA',
].join(':')

const suitesOfTls13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'

export function tlsOptions({ cert, key }: Certificate, ciphers: string): TlsOptions {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: `${suitesOfTls13}:${ciphers}`,
    honorCipherOrder: true,
    dhparam: 'auto',
    // A client could make us shake hands over and over.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  }
}

/** By the name that the IANA gave the suite; those of TLS 1.3 are ephemeral all (RFC 8446 §2). */
export function keyExchangeOf(suite: string | undefined): KeyExchange {
  return suite?.startsWith('TLS_RSA_') ? 'rsa' : 'ephemeral'
}

/** What a failed handshake failed of, by the code of OpenSSL. */
export function tlsFailureOf(code: string | undefined): TlsFailure {
  if (code === undefined || code === 'SocketError' || code === 'ECONNRESET' || code === 'EPIPE') return 'left'
  if (code === 'ERR_SSL_NO_SHARED_CIPHER') return 'no-shared-cipher'
  if (/_(UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE)$/.test(code)) return 'protocol-version'
  if (
    /_(WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|BAD_RECORD_TYPE)$/.test(
      code,
    )
  )
    return 'not-tls'
  return code.includes('ALERT') ? 'client-alert' : 'other'
}
