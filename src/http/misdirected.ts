/** Refuses requests under a foreign host name: browsers get a page that names the setting, programs an error. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import { ERROR_STATUS } from '#protocol/errors.ts';
import { checkHost } from './trusted-proxies.ts';

const PAGE = (what: string, remedy: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Unknown host name</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; text-align: center; padding: 0 1rem }</style>
</head>
<body>
<main><h1>Unknown host name</h1><p>${what}</p><p>${remedy}</p></main>
</body>
</html>
`;

/** A hook for every route, also of plugins. */
export async function refuseForeignHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  try {
    checkHost(request.raw);
  } catch (error) {
    if (!(error instanceof DeskpodError) || !(request.headers.accept ?? '').includes('text/html')) throw error;
    await reply
      .status(ERROR_STATUS[error.code])
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PAGE(escaped(error.message), escaped(error.remedy ?? '')));
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
