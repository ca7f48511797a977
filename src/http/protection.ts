/** The security headers of every answer. */
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';

const HSTS_SECONDS = 180 * 86_400;

/** The frame is ours alone, nothing is loaded from elsewhere, and no script but ours runs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  // WebSockets of the same host included.
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** A route may have set a policy of its own. */
export function protect(request: FastifyRequest, reply: FastifyReply): void {
  if (!reply.hasHeader('content-security-policy'))
    void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  // With `no-referrer`, browsers say `Origin: null` when a form of ours is sent.
  void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin');
  void reply.header('cross-origin-opener-policy', 'same-origin');
  if (!reply.hasHeader('cross-origin-resource-policy'))
    void reply.header('cross-origin-resource-policy', 'same-origin');
  if (request.raw.socket instanceof TLSSocket && isPublicName(request.hostname))
    void reply.header('strict-transport-security', `max-age=${HSTS_SECONDS}`);
}

/** Browsers would keep the rule for all other servers on this machine, too. */
function isPublicName(host: string): boolean {
  return !/(^|\.)localhost$/i.test(host) && isIP(host.replace(/^\[(.*)\]$/, '$1')) === 0;
}
