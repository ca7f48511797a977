/** One sentence per request of `/api/v1`, for its description. A test finds those that are missing. */
export const SUMMARIES: Readonly<Record<string, string>> = {
  'GET /api/v1/login-options': 'How one can log in here; for everybody.',
  'POST /api/v1/session': 'Logs in: sets the cookie and answers a token for callers that keep none.',
  'GET /api/v1/session': 'Who is logged in, and until when.',
  'DELETE /api/v1/session': 'Ends this session; the desktop keeps running.',
  'POST /api/v1/session/logout': 'Ends this session and removes desktop, launches and secrets; the home stays.',
  'GET /api/v1/sessions': 'Your latest logins.',
  'GET /api/v1/desktop': 'Your desktop, and how its start went.',
  'POST /api/v1/desktop': 'Finds your desktop or begins to make it; its progress comes as events.',
  'DELETE /api/v1/desktop': 'Removes your desktop with its launches; the session and the home stay.',
  'POST /api/v1/desktop/first-pixel': 'Tells the start trace that the screen shows something.',
  'PUT /api/v1/desktop/theme': 'Makes the desktop’s windows light or dark.',
  'POST /api/v1/desktop/ticket': 'A ticket for the WebSocket of the screen, good for minutes.',
  'GET /api/v1/desktops': 'Everybody’s desktops; for support and administrators.',
  'DELETE /api/v1/desktops/{id}': 'Ends somebody’s desktop; for administrators.',
  'GET /api/v1/apps': 'The apps you may start.',
  'POST /api/v1/apps/install': 'Begins to fetch or build an app’s image; its progress comes as events.',
  'PUT /api/v1/apps/defaults': 'Keeps variables and arguments for every launch of an app; for administrators.',
  'GET /api/v1/launches': 'Launches, running and finished, newest first; of others for support and administrators.',
  'POST /api/v1/launches': 'Starts an app in your desktop; its progress comes as events.',
  'GET /api/v1/launches/{id}': 'A launch with its environment, secrets masked, and what a failure means.',
  'DELETE /api/v1/launches/{id}': 'Forgets a finished launch and its log.',
  'POST /api/v1/launches/{id}/again': 'Starts the same again; what is left out is as it was.',
  'POST /api/v1/launches/{id}/stop': 'Stops a launch: TERM, then KILL after a grace.',
  'GET /api/v1/launches/{id}/log': 'The log as plain text; of a finished launch its end.',
  'GET /api/v1/launches/{id}/log/stream': 'Server-sent events: the log from its beginning, until the launch ends.',
  'POST /api/v1/windows/{id}': 'Activates, minimises, closes or places a window.',
  'GET /api/v1/events': 'Server-sent events: what there is, then every change.',
  'GET /api/v1/warnings': 'What administrators should mend, with the commands that do it; for them.',
  'GET /api/v1/usage': 'Server-sent events: processor and memory of your running launches.',
  'GET /api/v1/system': 'Versions, engine and host, and how your desktop’s start went.',
  'GET /api/v1/preferences': 'What you set in the shell.',
  'PUT /api/v1/preferences': 'Keeps what you set in the shell.',
  'GET /api/v1/users': 'The local logins; for administrators.',
  'POST /api/v1/users': 'Adds a local login; for administrators.',
  'PUT /api/v1/users/{id}/password': 'Sets a local login’s password; for administrators.',
  'DELETE /api/v1/users/{id}': 'Removes a local login; the home stays; for administrators.',
};

/** Of a route as the router writes it, `/launches/:id`. */
export function summaryOf(method: string | string[], url: string): string | undefined {
  return SUMMARIES[`${[method].flat()[0]} ${url.replaceAll(/:(\w+)/g, '{$1}')}`];
}
