/** Streams between processes through the command line, on the Podman of the product. */
import { Product } from './product.ts';
import { streamPromises } from './streams-kit.ts';

streamPromises('Podman', null, async () => {
  const product = await Product.start();
  return { product, [Symbol.asyncDispose]: () => product[Symbol.asyncDispose]() };
});
