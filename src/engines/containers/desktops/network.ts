/** One network per desktop: with access to what `network.egress` allows, without access from other desktops. */
import { z } from 'zod';
import { isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { bridgeOf } from '../specs/bridge.ts';
import { networkName } from '../specs/wiring.ts';
import { ofDesktop } from '../pods/labels.ts';
import { BRIDGE_OPTION } from '../pods/listing.ts';

export async function makeNetwork(context: Context, desktopId: string): Promise<void> {
  const restricted = context.egress.apply();
  const name = networkName(desktopId);
  const labels = { ...context.instance, ...ofDesktop(desktopId) };
  const device = bridgeOf(context.dataDir, desktopId);
  if (context.settings.flavour === 'podman') {
    // Podman isolates networks only with this option.
    const body = {
      name,
      driver: 'bridge',
      network_interface: device,
      labels,
      options: { isolate: 'true' },
      dns_enabled: false,
    };
    await context.api.json(z.unknown(), 'POST', '/v4.0.0/libpod/networks/create', { body });
  } else {
    const body = {
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: labels,
      Options: { [BRIDGE_OPTION]: device },
    };
    await context.api.json(z.unknown(), 'POST', '/networks/create', { body });
  }
  await restricted;
}

/** Own networks only, found by label; it is no error when there is none. */
export async function removeNetwork(context: Context, desktopId: string): Promise<void> {
  const networks = await context.objects.networks(ofDesktop(desktopId));
  for (const { id } of networks) {
    try {
      await context.api.text('DELETE', `/networks/${id}`);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }
}
