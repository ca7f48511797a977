// The sandbox does without user namespaces here on purpose (see Containerfile): no bar about it on every start.
pref("security.sandbox.warn_unprivileged_namespaces", false);
