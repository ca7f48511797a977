/** One network for each desktop: it reaches the Internet, other desktops' networks do not reach it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isStatus } from './api.ts';
import type { Context } from './context.ts';
import { networkName } from './display-wiring.ts';
import { ofDesktop } from './labels.ts';

export async function makeNetwork(context: Context, desktopId: string): Promise<void> {
  const name = networkName(desktopId);
  const labels = { ...context.instance, ...ofDesktop(desktopId) };
  // At most 15 characters, and none that another engine on this host would choose.
  const device = `dp-${createHash('sha256').update(`${context.dataDir} ${desktopId}`).digest('hex').slice(0, 10)}`;
  if (context.around.flavour === 'podman') {
    // Podman keeps networks apart only when asked, in its own words.
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

/** Ours alone, found by label; none is fine. */
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
