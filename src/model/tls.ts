// What becomes of TLS handshakes, as metrics count it.

/** `rsa`: a key exchange without forward secrecy, as old Exchange servers make it. */
export const keyExchanges = ['ephemeral', 'rsa'] as const
export type KeyExchange = (typeof keyExchanges)[number]

/** `client-alert`: the client refused, as it does with a certificate that it does not like; `left`: it just closed. */
export const tlsFailures = [
  'no-shared-cipher',
  'protocol-version',
  'not-tls',
  'client-alert',
  'left',
  'other',
] as const
export type TlsFailure = (typeof tlsFailures)[number]
