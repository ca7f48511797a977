/** The API described: OpenAPI as JSON, and a page for people made from it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).optional(),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) }).optional(),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.unknown() })).optional() }),
  ),
});
const Description = z.object({
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

export async function docsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get('/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page(Description.parse(app.swagger()))),
  );
}

function page({ info, paths }: z.infer<typeof Description>): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method.toUpperCase(), path, operation)),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title>
<style>:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{font:600 15px ui-monospace,monospace;margin:2rem 0 .5rem;border-top:1px solid #8884;padding-top:1rem}
pre{font:12px/1.5 ui-monospace,monospace;background:#8881;padding:.75rem;border-radius:6px;overflow:auto}</style>
<h1>${escape(info.title)} ${escape(info.version)} API</h1>
<p>Log in with <code>POST /api/v1/session</code>; then send the cookie with the header <code>X-Deskpod: 1</code>, or the answered
token as <code>Authorization: Bearer</code>. Events are server-sent: <code>GET /api/v1/events</code>. Machine readable:
<a href="/api/v1/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}</html>`;
}

function section(
  method: string,
  path: string,
  { parameters = [], requestBody, responses }: z.infer<typeof Operation>,
): string {
  const inputs = parameters
    .map(({ name, in: place }) => `<li><code>${escape(name)}</code> in ${escape(place)}</li>`)
    .join('');
  const body = requestBody?.content['application/json']?.schema;
  const answers = Object.entries(responses).map(([status, { content }]) => {
    const schema = content?.['application/json']?.schema;
    return `<p>${escape(status)}</p>${schema ? block(schema) : ''}`;
  });
  return `<h2>${method} ${escape(path)}</h2>${inputs ? `<ul>${inputs}</ul>` : ''}${body ? `<p>Request</p>${block(body)}` : ''}${answers.join('')}`;
}

function block(schema: unknown): string {
  return `<pre>${escape(JSON.stringify(schema, null, 1))}</pre>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
