/** One sentence per operation of `/api/v1`, for its description. A test finds missing ones. */
export const SUMMARIES: Readonly<Record<string, string>> = {
  'GET /api/v1/login-options': 'The available login methods; no login required.',
  'POST /api/v1/session': 'Logs in: sets the session cookie, and returns a token for clients without cookies.',
  'GET /api/v1/session': 'The current user, and when the session expires.',
  'POST /api/v1/session/extend': 'Extends this session, up to its maximum lifetime; renews the cookie.',
  'DELETE /api/v1/session': 'Ends this session; the desktop keeps running.',
  'POST /api/v1/session/logout':
    'Ends this session and removes desktop, launches and secrets, and the home folder if the desktop’s `home` is `lost`.',
  'GET /api/v1/sessions': 'Your recent logins, and which of their sessions are open.',
  'DELETE /api/v1/sessions': 'Ends all your sessions, this one included; the desktop keeps running.',
  'DELETE /api/v1/sessions/{id}': 'Ends one of your sessions and closes everything open under it.',
  'GET /api/v1/access-tokens': 'Your access tokens for files at `/dav/`, newest first, without the tokens themselves.',
  'POST /api/v1/access-tokens':
    'Makes an access token for your files at `/dav/`. This reply is the only one that contains it.',
  'DELETE /api/v1/access-tokens/{id}': 'Revokes one of your access tokens and closes everything open with it.',
  'GET /api/v1/desktop': 'Your desktop, with the trace of its start.',
  'POST /api/v1/desktop': 'Starts your desktop unless it is running; progress arrives as events.',
  'DELETE /api/v1/desktop':
    'Removes your desktop with its launches, and its home folder if `home` is `lost`; the session stays.',
  'GET /api/v1/desktop/home': 'The files in your home folder: their number and size, and the 200 changed last.',
  'GET /api/v1/desktop/home/archive': 'Your home folder as an archive (tar, gzip), without caches.',
  'GET /api/v1/desktop/prints':
    'What apps have printed as PDF files, newest first, and which of it no page has shown yet.',
  'GET /api/v1/desktop/prints/{name}': 'A print as a PDF file.',
  'DELETE /api/v1/desktop/prints/{name}': 'Deletes a print.',
  'POST /api/v1/desktop/prints/shown': 'Marks a print, and those made before it, as shown.',
  'POST /api/v1/desktop/open':
    'Opens a file of your home folder, or a link: starts the app for it, or returns the apps to choose from, or the link for your own browser.',
  'POST /api/v1/desktop/first-pixel': 'Reports the first frame of the screen to the start trace.',
  'PUT /api/v1/desktop/theme': 'Switches the desktop between light and dark.',
  'PUT /api/v1/desktop/scale': 'Says how large the programs of the desktop draw, in percent.',
  'POST /api/v1/desktop/rebuild':
    'Replaces your desktop with a fresh one, without finished launches, and restarts the apps.',
  'DELETE /api/v1/desktop/rebuild': 'Cancels a scheduled rebuild.',
  'POST /api/v1/desktop/ticket': 'Issues a short-lived ticket for the WebSocket of the screen, the sound or the video.',
  'POST /api/v1/desktop/sound/owner': 'Which launch plays, by what its program said to the sound service.',
  'POST /api/v1/desktop/files':
    'Issues a short-lived ticket for the files of your desktop at `/files/`, as a cookie; returns what it allows.',
  'GET /api/v1/desktops': 'All desktops; for support and administrators.',
  'DELETE /api/v1/desktops/{id}': 'Removes a desktop, and its home folder if `home` is `lost`; for administrators.',
  'GET /api/v1/apps': 'The apps that you can start.',
  'POST /api/v1/apps/install':
    'Installs an app: pulls or builds its image, and puts it into the catalogue if it isn’t there. Progress arrives in the stream of the app store.',
  'POST /api/v1/apps/update':
    'Builds the image of an app again, with its current recipe and Debian’s current packages; for administrators and who installed it.',
  'POST /api/v1/apps/remove':
    'Removes an app for everybody, or stops its installation; for administrators and who installed it. While it runs, only with `force`.',
  'GET /api/v1/apps/store':
    'The app store: every app that you can have, installed or not, and what you may do with it.',
  'GET /api/v1/apps/store/stream':
    'Server-sent events: the app store, then each app that changes, with the progress of installations and updates.',
  'PUT /api/v1/apps/defaults': 'Sets variables and arguments for every launch of an app; for administrators.',
  'GET /api/v1/launches':
    'Running and finished launches, newest first; those of other users for support and administrators.',
  'POST /api/v1/launches': 'Starts an app on your desktop; progress arrives as events.',
  'GET /api/v1/launches/{id}': 'A launch with its environment (secrets masked), and hints if it failed.',
  'DELETE /api/v1/launches/{id}': 'Deletes a finished launch and its log.',
  'POST /api/v1/launches/{id}/again': 'Starts the same app again; omitted fields keep their values.',
  'POST /api/v1/launches/read': 'Marks the end of these launches as read.',
  'POST /api/v1/launches/{id}/stop': 'Stops a launch: SIGTERM, then SIGKILL after a grace period.',
  'GET /api/v1/launches/{id}/log': 'The log as plain text; for a finished launch, the end of it.',
  'GET /api/v1/launches/{id}/log/stream':
    'Server-sent events: the log until the launch ends. Instead of lines that a slow reader misses, one event has their number in `skipped`.',
  'GET /api/v1/launches/{id}/support': 'A support archive (tar, gzip): log, description, events, versions.',
  'GET /api/v1/debug/offer': 'Your options to debug a launch or desktop: profiles, images, targets, requirements.',
  'GET /api/v1/debug':
    'Debug sessions that you requested or that are on your desktop, newest first; all for support and administrators.',
  'POST /api/v1/debug/toolboxes': 'Starts a toolbox for a launch or desktop, or reuses a running one.',
  'POST /api/v1/debug/copies': 'Starts a copy of a launch with another image, command or variables.',
  'POST /api/v1/debug/execs':
    'Requests to run a command in another user’s launch; its terminal is opened with the session’s id.',
  'GET /api/v1/debug/{id}': 'A debug session: who debugs what, why, and until when.',
  'POST /api/v1/debug/{id}/answer': 'Approves or denies a debug session; for the owner of the desktop.',
  'POST /api/v1/debug/{id}/approval':
    'Approves or denies a debug session if the owner doesn’t answer; for administrators.',
  'POST /api/v1/debug/{id}/extension': 'Restarts the time to live of a debug session.',
  'POST /api/v1/debug/{id}/end':
    'Ends a debug session; stops its copy, and its toolbox unless another session uses it.',
  'POST /api/v1/debug/{id}/seen': 'Marks a debug session as seen; for the owner of the desktop.',
  'GET /api/v1/debug/{id}/transcript': 'The terminal recording of a debug session (asciicast version 2).',
  'GET /api/v1/desktops/{id}/inspect':
    'Inspects the containers of a desktop and its launches, with state and environment.',
  'GET /api/v1/desktops/{id}/inspect/stream': 'Server-sent events: the same, on every change.',
  'GET /api/v1/desktops/{id}/namespaces': 'The seven namespaces of each container, with the kernel’s ids.',
  'GET /api/v1/desktops/{id}/processes': 'The processes of a desktop, with CPU and memory usage.',
  'GET /api/v1/desktops/{id}/sockets': 'The open sockets of a desktop.',
  'GET /api/v1/desktops/{id}/events': 'The engine’s events for a desktop and its launches, oldest first.',
  'GET /api/v1/desktops/{id}/describe': 'Describes a desktop or launch like `kubectl describe pod`; secrets masked.',
  'GET /api/v1/desktops/{id}/yaml': 'The engine’s object of a desktop or launch; secrets masked.',
  'PUT /api/v1/desktop/clipboard':
    'Puts the forms of one copied thing (text, formatted text, a picture) into the clipboard of your desktop. They stay while your events are followed.',
  'GET /api/v1/desktop/clipboard/{id}':
    'One form of what was copied last in your desktop; the event `clipboard` has its id and its types.',
  'POST /api/v1/windows/{id}': 'Activates, minimises, closes or places a window.',
  'GET /api/v1/events': 'Server-sent events: a snapshot, then every change.',
  'GET /api/v1/warnings': 'Problems that need attention, with commands that fix them; for administrators.',
  'GET /api/v1/usage': 'Server-sent events: CPU and memory usage of your running launches.',
  'GET /api/v1/limits':
    'Your limits with their current use; those of another user, and of all guests, for administrators. Connections are counted by each server.',
  'GET /api/v1/system': 'Versions, engine and host, and the start trace of your desktop.',
  'GET /api/v1/preferences': 'Your preferences.',
  'PUT /api/v1/preferences': 'Stores your preferences.',
  'GET /api/v1/users': 'The local users; for administrators.',
  'POST /api/v1/users': 'Adds a local user; for administrators.',
  'PUT /api/v1/users/{id}/password': 'Sets the password of a local user, whose sessions end; for administrators.',
  'PUT /api/v1/users/{id}/roles': 'Sets the roles of a local user, whose sessions end; for administrators.',
  'PUT /api/v1/users/{id}/disabled':
    'Disables a local user, whose sessions end and who can’t log in, or enables them again; for administrators.',
  'DELETE /api/v1/users/{id}/sessions': 'Ends all sessions of a user; for administrators.',
  'DELETE /api/v1/users/{id}':
    'Removes a local user and ends their sessions, but keeps desktop and files; for administrators.',
};

/** By method and path in the router's notation, such as `/launches/:id`. */
export function summaryOf(method: string | string[], url: string): string | undefined {
  return SUMMARIES[`${[method].flat()[0]} ${url.replaceAll(/:(\w+)/g, '{$1}')}`];
}
