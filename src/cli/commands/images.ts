/** `deskpod images`: builds and delivers the images, and prints what is in them. */
import { type Command, Option } from 'commander';
import { sayJson } from '../io.ts';
import type { Io } from '../io.ts';
import { withFolders } from '../serve-options.ts';
import type { ServeOptions } from '../serve-options.ts';
import type { ImagesOptions } from '../start.ts';

export function imagesCommand(images: Command, io: Io): void {
  withFolders(images.description('build the images; push them to a registry or save them to a file'))
    .option('--push <registry>', 'push to this registry, such as registry.example:5000/deskpod')
    .option('--digests <file>', 'with --push: write the digests of what was pushed, for install.sh and the chart')
    .option('--save <file>', 'save all images to one archive, for machines without a network')
    .option('--tag <tag>', 'tag of the pushed or saved images (default: 1)')
    .option('--only <name...>', 'only these images (default: all that desktops use, and the apps that aren’t optional)')
    .option('--list', 'only list the images')
    .addOption(new Option('--refresh', 'build the images again, with Debian’s current packages').conflicts('list'))
    .option('--insecure', 'allow plain HTTP and untrusted certificates (always allowed on loopback)')
    .action(async (options: ImagesOptions) => await (await import('../start.ts')).deliverImages(io, options));

  withFolders(images.command('sbom').description('print the SBOM of an image or of the server, as CycloneDX JSON'))
    .argument('[name]', 'image, as --list shows it (default: the server, with its npm packages)')
    .action(async (name: string | undefined, _own: ServeOptions, command: Command) =>
      sayJson(io, await (await import('../start.ts')).sbom(io, name, command.optsWithGlobals<ServeOptions>())),
    );
}
