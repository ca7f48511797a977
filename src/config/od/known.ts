/** Keys of od.config that are known and not acted on yet, or never, each with what to do instead where there is something. */

const ONE_PORT = 'there is one port here: --host and --port, listen.host and listen.port';
const OWN_STORE = 'data is kept in the store here: store.file or store.url';
const NO_PROVIDER = 'no enabled provider of authmanagers refers to it';
const NOT_YET = 'not used yet';

export const UNUSED: ReadonlyMap<string, string> = new Map([
  ['server.socket_host', ONE_PORT],
  ['server.socket_port', ONE_PORT],
  ['server.thread_pool', 'there are no threads to count here'],
  ['memcacheserver', OWN_STORE],
  ['memcacheport', OWN_STORE],
  ['memcachedport', OWN_STORE],
  ['mongodburl', OWN_STORE],
  ['mongodblist', OWN_STORE],
  ['ldapconfig', NO_PROVIDER],
  ['adconfig', NO_PROVIDER],
  ['desktop.release', 'the release is that of the program'],
  ...words(`namespace default_host_url websocketrouting server.default.ipaddr server.geolocation_ipaddr language
    K8S_BOUND_PVC_TIMEOUT_SECONDS K8S_BOUND_PVC_MAX_EVENT K8S_CREATE_POD_TIMEOUT_SECONDS
    K8S_CREATE_EPHEMERALCONTAINER_TIMEOUT_SECONDS kubernetesdefaultsvcclusterlocal developer_instance max_log_body_size
    logging services_http_request_denied webrtc.enable webrtc.coturn webrtc.rtc_configuration webrtc.rtc_constraints
    geolocation jira fakedns internaldns.enable internaldns.subdomain internaldns.domain internaldns.secret
    internaldns.server OAUTHLIB_INSECURE_TRANSPORT OAUTHLIB_RELAX_TOKEN_SCOPE auth.logmein
    auth.prelogin front.menuconfig front.imagenotification tipsinfo welcomeinfo`),
  ...words(`authproviderneverchange policies webhookdict webhookencodeparams nfs
        persistentvolumeclaimforcesubpath appendpathtomounthomevolume directorytomemoryemptydir directorytomemory
    homedirdotcachetoemptydir removehomedirectory prestopexeccommand removepersistentvolume removepersistentvolumeclaim
    envlocalrules overwrite_environment_variable_for_application secretsrootdirectory secretslocalaccount
    username groupname userid groupid userpasswd shell userhomedirectory homerootdirectory dnspolicy dnsconfig
    uselocaltime useinternalfqdn usedbussession usedbussystem resources_usage_cgroup_map defaultbackgroundcolors zoom
    theme pulseaudiosocketpath features_permissions description`).map(
    ([key, text]) => [`desktop.${key}`, text] as const,
  ),
]);

function words(list: string): (readonly [string, string])[] {
  return list.split(/\s+/).map((key) => [key, NOT_YET] as const);
}
