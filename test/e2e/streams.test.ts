/** Streams between processes through the command line, on Podman or on a cluster. */
import { ENGINE, Product } from './product.ts';
import { streamPromises } from './streams-kit.ts';

streamPromises(ENGINE === 'kubernetes' ? 'Kubernetes' : 'Podman', null, async () => {
  const product = await Product.start();
  return { product, [Symbol.asyncDispose]: () => product[Symbol.asyncDispose]() };
});
