import { generate } from 'selfsigned'

export type Certificates = {
  /** Of the authority: what clients must trust (`NODE_EXTRA_CA_CERTS`). */
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

/** Fixed and wide, since simulated time may be anywhere while TLS looks at real time. */
const validity = { notBeforeDate: new Date('2020-01-01T00:00:00Z'), notAfterDate: new Date('2049-12-31T00:00:00Z') }
const kind = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const

/** An authority of our own and a certificate for localhost, new for every server. */
export async function createCertificates(): Promise<Certificates> {
  const ca = await generate([{ name: 'commonName', value: 'Simulated Azure authority' }], {
    ...kind,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...kind,
    ...validity,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { caPem: ca.cert, certPem: server.cert, keyPem: server.private }
}
