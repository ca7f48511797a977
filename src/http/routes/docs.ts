/** The description of the API: OpenAPI as JSON, and an HTML page generated from it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { shapeOf } from './docs-shape.ts';

const Operation = z.object({
  summary: z.string().optional(),
  parameters: z
    .array(z.object({ name: z.string(), in: z.string(), required: z.boolean().optional(), schema: z.unknown() }))
    .optional(),
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
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
  const contents = operations.map(
    ({ name, operation: { summary = '' } }) =>
      `<tr><td><a href="#${anchor(name)}"><code>${escape(name)}</code></a></td><td>${escape(summary)}</td></tr>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title>
<style>${STYLE}</style>
<h1>${escape(info.title)} ${escape(info.version)} API</h1>
<p>Log in with <code>POST /api/v1/session</code>. Then send the cookie with the header <code>X-Deskpod: 1</code>, or the returned
token as <code>Authorization: Bearer</code>. State changes arrive as server-sent events after a snapshot. The screen is RFB over the
WebSocket <code>/api/v1/screen</code> with a ticket as its subprotocol; terminals use the WebSocket <code>/api/v1/terminal</code>.
Errors are <code>{ error: { code, message, remedy?, field? } }</code>. Machine-readable: <a href="openapi.json">openapi.json</a>.</p>
<table>${contents.join('\n')}</table>
${operations.map(({ name, operation }) => section(name, operation)).join('\n')}</html>`;
}

const STYLE = `:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{font:600 15px ui-monospace,monospace;margin:2rem 0 .25rem;border-top:1px solid #8884;padding-top:1rem}
p{margin:.25rem 0}td{padding:.1rem 1rem .1rem 0;vertical-align:top}td:first-child{white-space:nowrap}table{margin-top:1.5rem}
code,pre{font:12.5px/1.5 ui-monospace,monospace}pre{background:#8881;padding:.75rem;border-radius:6px;overflow:auto;margin:.5rem 0}`;

function section(
  name: string,
  { summary = '', parameters = [], requestBody, responses }: z.infer<typeof Operation>,
): string {
  const inputs = parameters.map(
    ({ name: parameter, in: source, required, schema }) =>
      `${parameter}${required === true ? '' : '?'}: ${shapeOf(schema)}  — in the ${source}`,
  );
  const body = requestBody?.content['application/json']?.schema;
  const answers = Object.entries(responses).map(([status, { content }]) => {
    const schema = content?.['application/json']?.schema;
    return schema ? `<p>Returns ${escape(status)}</p>${block(shapeOf(schema))}` : `<p>Returns ${escape(status)}</p>`;
  });
  return `<h2 id="${anchor(name)}">${escape(name)}</h2><p>${escape(summary)}</p>${
    inputs.length > 0 ? block(inputs.join('\n')) : ''
  }${body ? `<p>Send</p>${block(shapeOf(body))}` : ''}${answers.join('')}`;
}

/** `GET /api/v1/launches/{id}` → `get-launches-id` */
function anchor(name: string): string {
  return name
    .toLowerCase()
    .replace('/api/v1', '')
    .replaceAll(/[^a-z]+/g, '-')
    .replace(/-$/, '');
}

function block(text: string): string {
  return `<pre>${escape(text)}</pre>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
