// No question about the default client, no start page, no bar about the sandbox (see Containerfile).
pref("mail.shell.checkDefaultClient", false);
pref("mailnews.start_page.enabled", false);
pref("mail.rights.version", 1);
pref("app.donation.eoy.version.viewed", 999);
pref("security.sandbox.warn_unprivileged_namespaces", false);
