/** One network per desktop: with access to the Internet, without access from other desktops. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isStatus } from '#containers-client/api.ts';
import type { Context } from '../context.ts';
import { networkName } from '../specs/wiring.ts';
import { ofDesktop } from '../pods/labels.ts';

export async function makeNetwork(context: Context, desktopId: string): Promise<void> {
  const name = networkName(desktopId);
  const labels = { ...context.instance, ...ofDesktop(desktopId) };
  // At most 15 characters, and different from those of other engines on this host.
  const device = `dp-${createHash('sha256').update(`${context.dataDir} ${desktopId}`).digest('hex').slice(0, 10)}`;
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
    return;
  }
  const body = {
    Name: name,
    Driver: 'bridge',
    CheckDuplicate: true,
    Labels: labels,
    Options: { 'com.docker.network.bridge.name': device },
  };
  await context.api.json(z.unknown(), 'POST', '/networks/create', { body });
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
