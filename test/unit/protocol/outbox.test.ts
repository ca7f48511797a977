/** Numbered messages: whatever is lost on the way and however late it is confirmed, each arrives once and in order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Inbox, Outbox } from '#protocol/outbox.ts';
import { resumeOffer, resumeProtocol } from '#protocol/resume.ts';

type Step = 'send' | 'arrive' | 'confirm' | 'cut';

test('after any cuts, everything that was sent has arrived once and in order', () => {
  const steps = fc.array(fc.constantFrom<Step>('send', 'arrive', 'confirm', 'cut'), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (played) => {
      const outbox = new Outbox<string>();
      const inbox = new Inbox(1);
      const sent: string[] = [];
      const arrived: string[] = [];
      let wire: string[] = [];
      const arrive = (): void => {
        const message = wire.shift();
        if (message === undefined) return;
        arrived.push(message);
        inbox.take(message.length);
      };
      const reconnect = (): void => {
        assert.ok(outbox.confirm(inbox.received));
        wire = [...outbox.kept];
      };
      for (const step of played) {
        if (step === 'send') {
          const message = `${sent.length}`;
          sent.push(message);
          outbox.add(message);
          wire.push(message);
        } else if (step === 'arrive') arrive();
        else if (step === 'cut') reconnect();
        else {
          const received = inbox.confirmation();
          if (received !== null) assert.ok(outbox.confirm(received));
        }
      }
      reconnect();
      while (wire.length > 0) arrive();
      assert.deepEqual(arrived, sent);
      assert.ok(outbox.confirm(inbox.received));
      assert.equal(outbox.size, 0);
    }),
  );
});

test('nobody can confirm what was not sent, or take back a confirmation', () => {
  const outbox = new Outbox<string>();
  outbox.add('a');
  outbox.add('bc');
  assert.equal(outbox.confirm(3), false);
  assert.equal(outbox.confirm(1), true);
  assert.equal(outbox.confirm(0), false);
  assert.deepEqual([outbox.kept, outbox.size], [['bc'], 2]);
});

test('an offer names the screen that it continues, and anything else is a new screen', () => {
  const id = 'aZ09-_aZ09-_aZ09-_aZ09';
  assert.deepEqual(resumeOffer(['binary', resumeProtocol(id, 17)]), { id, received: 17 });
  assert.equal(resumeOffer(['binary', 'deskpod.resume']), 'new');
  assert.equal(resumeOffer(['binary', 'deskpod.notes']), null);
  for (const damaged of ['deskpod.resume.', `deskpod.resume.${id}`, `deskpod.resume.${id}.-1`, 'deskpod.resume.x.1.2'])
    assert.equal(resumeOffer([damaged]), 'new');
});
