/** Settings for what programs in desktops can connect to on one machine; part of `settings.ts`. Words of the Helm chart. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { Destination, Network } from './kinds.ts';

export const EGRESS_SETTINGS = {
  'network.egress.enabled': z.boolean().default(true).register(FACTS, {
    text: 'Whether the settings below restrict the connections of programs in desktops, app pods and copies on one machine. Needs nftables and root. For Kubernetes, use the chart’s `networkPolicies.egress`.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_EGRESS',
  }),
  'network.egress.internet': z.boolean().default(true).register(FACTS, {
    text: 'Whether they can connect to the Internet, which is everything except `network.egress.except`.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_EGRESS_INTERNET',
  }),
  'network.egress.except': z
    .array(Network)
    .default([
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '64:ff9b::/96',
      '64:ff9b:1::/48',
      'fc00::/7',
      'fe80::/10',
    ])
    .register(FACTS, {
      text: 'Networks that aren’t the Internet: private networks and metadata services of clouds. This machine isn’t either, whatever its addresses are.',
      read: 'list',
      type: 'list of addresses and networks',
      variable: 'DESKPOD_EGRESS_EXCEPT',
    }),
  'network.egress.allow': z.array(Destination).prefault([]).register(FACTS, {
    text: 'Addresses and networks that they can also connect to, for example a file server or a proxy: `10.1.2.0/24` for all ports, `10.1.2.3:445` or `[fd00::1]:445` for one port (TCP and UDP). May contain addresses of this machine. The machine’s DNS servers are always allowed, other users’ desktops never.',
    read: 'list',
    type: 'list of networks with optional ports',
    variable: 'DESKPOD_EGRESS_ALLOW',
  }),
} as const;
