/** A checkout with two more recipes, of optional apps: one small, one that can't be built. */
import { randomUUID } from 'node:crypto';
import { appendFile, chmod, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './tools.ts';

export class CheckoutWithRecipes implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<CheckoutWithRecipes> {
    const root = await mkdtemp(join(tmpdir(), 'deskpod-store-'));
    // The server process is another user.
    await chmod(root, 0o755);
    for (const part of ['package.json', 'src', 'images', 'catalogue'])
      await cp(join(ROOT, part), join(root, part), { recursive: true });
    for (const part of ['node_modules', 'web', 'docs']) await symlink(join(ROOT, part), join(root, part));
    await cp(join(ROOT, 'test/images/store'), join(root, 'images/apps'), { recursive: true });
    // The engine still has the layers of an earlier run, and would build nothing.
    await appendFile(join(root, 'images/apps/store-sample/Containerfile'), `RUN sleep 3; : ${randomUUID()}\n`);
    return new CheckoutWithRecipes(root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
