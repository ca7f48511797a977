/** The network beyond the desktop: names and certificates. Of no interest when the app ended well. */
import { asPod, inTheDesktop, textOf } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

const NAMES =
  /Could not resolve (?:host|proxy)|Temporary failure in name resolution|Name or service not known|Name does not resolve|getaddrinfo (?:ENOTFOUND|EAI_AGAIN|failed)|ERR_NAME_NOT_RESOLVED|no such host|nodename nor servname|unable to resolve host|server can't find/i;
const CERTIFICATES =
  /certificate verify failed|CERTIFICATE_VERIFY_FAILED|unable to get (?:local )?issuer certificate|self[- ]signed certificate|certificate has expired|ERR_CERT_[A-Z_]+|x509: certificate|SEC_ERROR_[A-Z_]+|handshake failed; returned|TLS handshake (?:failed|error)|SSL routines:|SSL_ERROR_\w+|unable to (?:verify|locally verify) the/i;

function ended({ reason }: Failure): boolean {
  return reason === 'completed';
}

export const NETWORK: readonly HintRule[] = [
  {
    id: 'dns-failure',
    recognise: (failure) =>
      !ended(failure) && NAMES.test(textOf(failure))
        ? {
            title: 'A name could not be resolved',
            explanation:
              'The app asked for a host that no name server knew, or no name server answered. A desktop’s network may be closed to the outside on purpose; otherwise check the spelling and the name servers of the machine (cat /etc/resolv.conf in the web shell).',
            remedies: [{ label: 'Run again', env: {} }, ...inTheDesktop(failure), ...asPod(failure)],
          }
        : null,
  },
  {
    id: 'tls-failure',
    recognise: (failure) =>
      !ended(failure) && CERTIFICATES.test(textOf(failure))
        ? {
            title: 'A secure connection was refused',
            explanation:
              'The other side’s certificate was not accepted: it is self-made, expired, for another name, or signed by an authority this image does not know. Add your authority to the image (ca-certificates), and check the clock. Switching the check off lets anybody read along.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
];
