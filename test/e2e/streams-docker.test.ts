/** Streams between processes through the command line, on Docker. */
import { join } from 'node:path';
import { copyFromPodman, DATA, reasonToSkip, RUN, SOCKET, startDaemon } from '../integration/docker-kit.ts';
import { Product } from './product.ts';
import { streamPromises } from './streams-kit.ts';

streamPromises('Docker', reasonToSkip(), async () => {
  await using undo = new AsyncDisposableStack();
  undo.use(await startDaemon());
  await copyFromPodman();
  const places = { data: join(DATA, 'product'), run: join(RUN, 'product') };
  const product = undo.use(await Product.start(['--engine-socket', SOCKET, '--demo'], places));
  const owned = undo.move();
  return { product, [Symbol.asyncDispose]: () => owned.disposeAsync() };
});
