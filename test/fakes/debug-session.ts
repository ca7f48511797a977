/** A debug session of the API, and a recording. */
export const ID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

/** Amy's toolbox beside Hermes' running launch, with the fields in `changed`. */
export function debugSession(changed: object = {}): object {
  return {
    id: ID,
    kind: 'toolbox',
    by: { id: 'amy', name: 'Amy Wong' },
    userId: 'hermes',
    desktopId: 'hermes-db906',
    launchId: 'hermes-app-paint-4dd6f',
    appName: 'paint',
    target: null,
    name: 'debugger-x7f2k',
    image: 'localhost/deskpod/toolbox:1',
    profile: 'restricted',
    reused: false,
    reason: '',
    grant: 'consent',
    grantedBy: null,
    status: { state: 'running', endsAt: '2027-01-02T03:04:05.000Z' },
    askedAt: '2027-01-02T02:04:00.000Z',
    startedAt: '2027-01-02T02:04:05.000Z',
    transcript: false,
    seen: false,
    ...changed,
  };
}

export const RECORDING = [
  '{"version":2,"width":80,"height":24}',
  '[0.5,"o","one\\r\\n"]',
  '[0.7,"r","100x30"]',
  '[9.5,"o","two\\r\\n"]',
  '[9.6,"o","not who',
].join('\n');
