/**
 * Bugs that systems like this one have had. Each is planted into a copy of the source, and the rig must find it: by the fastest of its witnesses
 * that suffices. `npm run planted` prints who caught what; docs/planted-bugs.md keeps the list.
 */

export interface PlantedBug {
  name: string
  /** What goes wrong because of it, in the words of the invariant. */
  harm: string
  file: string
  /** Stands once in the file. */
  find: string
  put: string
  /** The test that must fail: its file and a part of its name. */
  caughtBy: readonly [file: string, name?: string]
}

const INBOUND = 'test/calls/inbound.test.ts'
const END = 'test/calls/end-of-call.test.ts'
const OUTBOX = 'test/store/outbox.test.ts'
const WORKER = 'test/notices/outbox-worker.test.ts'
const GUARD = 'test/dialling/guard.test.ts'
const JOURNAL = 'test/store/journal.test.ts'
const POINTS = 'test/crash/points.test.ts'

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'the deed before the row',
    harm: 'I1: a caller who is being served when we die has no row, and no notice',
    file: 'src/calls/inbound.ts',
    find: "await withTimeout(row, ROW_WITHIN_MS, 'the row of a call')",
    put: 'void row',
    caughtBy: [INBOUND],
  },
  {
    name: 'nobody takes a call that cannot be written down',
    harm: 'I7: with a full disk callers hear nothing',
    file: 'src/calls/inbound.ts',
    find: 'return deps.fallback(arrival.leg).catch(() => {})',
    put: 'return',
    caughtBy: [INBOUND],
  },
  {
    name: 'the notice outside the transaction of the end',
    harm: 'I1: between the two commits we die, and the loss is told to nobody',
    file: 'src/calls/end-of-call.ts',
    find: 'await deps.journal.commit([ended(call, verdict, endedAt), ...follow], COMMIT_WITHIN_MS)',
    put: 'await deps.journal.commit([ended(call, verdict, endedAt)])\n        await deps.journal.commit(follow)',
    caughtBy: [END],
  },
  {
    name: 'an end that the database refuses is given up',
    harm: 'I1: the call stays open for ever',
    file: 'src/calls/end-of-call.ts',
    find: '        await sleep(RETRY_MS)\n',
    put: '        break\n',
    caughtBy: [END],
  },
  {
    name: 'a machine counts as a person',
    harm: 'I3: who left a message on the answerphone is taken for answered, and nobody calls him',
    file: 'src/missed-calls/verdict.ts',
    find: "const talks = steps.filter((step) => step.kind === 'talk')",
    put: "const talks = steps.filter((step) => step.kind === 'talk' || step.kind === 'recorded')",
    caughtBy: ['test/missed-calls/verdict.test.ts'],
  },
  {
    name: 'disarmed as soon as a phone rings',
    harm: 'I1: whoever hangs up while it rings is taken for answered',
    file: 'src/missed-calls/verdict.ts',
    find: 'if (talks.length > 0 && !isLost) {',
    put: 'if (talks.length + rings.length > 0 && !isLost) {',
    caughtBy: ['test/missed-calls/verdict.test.ts'],
  },
  {
    name: 'a claimed mail keeps no lease',
    harm: 'I2: two workers send the same mail',
    file: 'src/store/outbox.ts',
    find: `SET "status" = 'sending', "leaseUntil" = \${now + leaseMs}, "tries"`,
    put: `SET "leaseUntil" = \${now + leaseMs}, "tries"`,
    caughtBy: [OUTBOX],
  },
  {
    name: 'a lease never runs out',
    harm: 'I1: the mail that was on its way when we died is never sent',
    file: 'src/store/outbox.ts',
    find: `n."leaseUntil" <= \${now}`,
    put: `n."leaseUntil" < 0`,
    caughtBy: [OUTBOX],
  },
  {
    name: 'who lost his claim still writes',
    harm: 'I2: a slow sender sets a mail back that another has sent meanwhile',
    file: 'src/store/outbox.ts',
    find: `SET "status" = 'pending', "dueAt" = \${dueAt}, "leaseUntil" = NULL, "lastError" = \${error}
        WHERE "id" = \${claim.id} AND "status" = 'sending' AND "tries" = \${claim.tries}`,
    put: `SET "status" = 'pending', "dueAt" = \${dueAt}, "leaseUntil" = NULL, "lastError" = \${error}
        WHERE "id" = \${claim.id}`,
    caughtBy: [OUTBOX],
  },
  {
    name: 'marked before it was sent',
    harm: 'I1: a mail that the server refuses counts as sent',
    file: 'src/notices/outbox-worker.ts',
    find: 'const result = await this.#parts.deliver(notice, this.#stop.signal)',
    put: 'await this.#markSent(notice.id)\n    const result = await this.#parts.deliver(notice, this.#stop.signal)',
    caughtBy: [WORKER],
  },
  {
    name: 'a sent mail whose mark was refused goes again',
    harm: 'I2: a second copy although nobody died',
    file: 'src/notices/outbox-worker.ts',
    find: 'this.#acceptedUnmarked.add(notice.id)',
    put: '',
    caughtBy: [WORKER, 'the database refuses the mark'],
  },
  {
    name: 'a new Message-ID with each try',
    harm: 'I2: the copy after a crash cannot be known as one',
    file: 'src/notices/compose.ts',
    find: '    messageId,\n    inReplyTo,',
    put: '    messageId: `<${Math.random()}@x>`,\n    inReplyTo,',
    caughtBy: [WORKER],
  },
  {
    name: 'the ledger is not asked whether the number is on a call',
    harm: 'I4: two live calls to one number',
    file: 'src/store/dial-ledger.ts',
    find: `AND NOT (\${wish.oneAtATime} AND EXISTS (`,
    put: `AND NOT (\${!wish.oneAtATime} AND EXISTS (`,
    caughtBy: [GUARD],
  },
  {
    name: 'the do-not-call list is asked before the reservation, not in it',
    harm: 'I5: who opted out a moment ago is called',
    file: 'src/store/dial-ledger.ts',
    find: `WHERE NOT (\${wish.honourDoNotCall} AND EXISTS (`,
    put: `WHERE NOT (\${!wish.honourDoNotCall} AND EXISTS (`,
    caughtBy: [GUARD],
  },
  {
    name: 'a ledger that cannot be read means: dial',
    harm: 'I4, I5: with a broken database everybody is called',
    file: 'src/dialling/guard.ts',
    find: "return { ok: false, why: 'store-error' }",
    put: '',
    caughtBy: [GUARD, 'a database that does not answer'],
  },
  {
    name: 'an unknown outcome frees the number at once',
    harm: 'I4: the call may still ring, and the number is dialled again',
    file: 'src/dialling/place-call.ts',
    find: "} else if (result.kind !== 'unknown') {",
    put: '} else {',
    caughtBy: [GUARD],
  },
  {
    name: 'a number is in hand no longer once it rings',
    harm: 'I4: the ledger of a living call is cleared at the next reconnect',
    file: 'src/dialling/place-call.ts',
    find: "ends = result.kind === 'answered'",
    put: 'ends = false',
    caughtBy: [GUARD],
  },
  {
    name: '409 means: placed already, somewhere',
    harm: 'I4: an echo of another request is taken for our call, and nobody watches the one that rings',
    file: 'src/telephony/pending-dial.ts',
    find: 'if (status !== null && status !== 409) return',
    put: 'if (status !== null) return',
    caughtBy: ['test/telephony/pending-dial.test.ts'],
  },
  {
    name: 'an originate without an answer is sent again',
    harm: 'I4: one try, two calls',
    file: 'src/telephony/pending-dial.ts',
    find: 'if (status === null) await this.#port.whenReady(this.#over.signal).catch(() => {})',
    put: 'if (status === null && !this.#rang) {\n      this.#rang = true\n      return this.#originate().catch((again: unknown) => this.#refused(again))\n    }',
    caughtBy: ['test/telephony/pending-dial.test.ts'],
  },
  {
    name: 'the attempt is written while it rings',
    harm: 'I4: we die in between, and the contact is called again within the attempt',
    file: 'src/campaigns/dialer.ts',
    find: 'if (!(await openAttempt(',
    put: 'if ((await null) ?? !(void openAttempt(',
    caughtBy: ['test/campaigns/dialer.test.ts', 'the attempt is on disk before'],
  },
  {
    name: 'an interrupted attempt is placed once more',
    harm: 'I4, I6: a person is rung twice for one attempt',
    file: 'src/campaigns/recovery.ts',
    find: 'if (!last || last.reservedAt < contact.claimedAt) {',
    put: 'if (!last || last.result !== null || interrupted > 0) {',
    caughtBy: ['test/campaigns/recovery.test.ts'],
  },
  {
    name: 'recovery hangs up talks',
    harm: 'I10: a contact who talks with one of us is cut off',
    file: 'src/campaigns/recovery.ts',
    find: '({ id, talking }) => !talking && ',
    put: '({ id }) => ',
    caughtBy: ['test/campaigns/recovery.test.ts'],
  },
  {
    name: 'two dialers take the same contact',
    harm: 'I4: he is called by both',
    file: 'src/store/contacts.ts',
    find: `WHERE "status" = 'queued' AND "id" = (
        SELECT "id" FROM "Contact" WHERE "campaignId" = \${campaignId} AND "status" = 'queued' AND`,
    put: `WHERE "id" = (
        SELECT "id" FROM "Contact" WHERE "campaignId" = \${campaignId} AND "status" IN ('queued', 'dialing') AND`,
    caughtBy: ['test/campaigns/dialer.test.ts', 'two dialers on one database'],
  },
  {
    name: 'a half-read list is called',
    harm: 'I6: an import that was killed leaves contacts who are called without a verdict',
    file: 'src/store/contacts.ts',
    find: `AND "status" = 'loading' AND \${expected} = (`,
    put: `AND \${expected} >= (`,
    caughtBy: ['test/campaigns/import-contacts.test.ts'],
  },
  {
    name: 'the end of a call is written over by a later one',
    harm: 'I3: a second life of the daemon turns a talk into a loss',
    file: 'prisma/journal.sql',
    find: `"answeredAt" = CASE NEW."row"->>'verdict' WHEN 'answered' THEN "answeredAt" END
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;`,
    put: `"answeredAt" = CASE NEW."row"->>'verdict' WHEN 'answered' THEN "answeredAt" END
  WHERE "id" = NEW."row"->>'id';`,
    caughtBy: [JOURNAL],
  },
  {
    name: 'no unique index for call-backs',
    harm: 'I4: two tasks call the same number',
    file: 'prisma/migrations/20261123000000_init/migration.sql',
    find: 'CREATE UNIQUE INDEX "Callback_openNumber_key"',
    put: 'CREATE INDEX "Callback_openNumber_key"',
    caughtBy: [JOURNAL],
  },
  {
    name: 'a commit is confirmed before it is on disk',
    harm: 'I1, I11: what was confirmed is lost with us',
    file: 'src/store/journal.ts',
    find: 'this.#pending.push({ entries, waiter: { resolve, reject } })',
    put: 'this.#pending.push({ entries, waiter: null }); resolve()',
    caughtBy: [JOURNAL],
  },
  {
    name: 'a busy database drops a batch',
    harm: 'I1: the command line reads for a moment, and a call is not written',
    file: 'src/store/journal.ts',
    find: 'if (tries >= 20 || !isBusy(error)) throw error',
    put: 'if (tries >= 1) throw error',
    caughtBy: [JOURNAL, 'another process that holds the write lock'],
  },
  {
    name: 'two answer, both are bridged',
    harm: 'two operators on one caller, or one who talks with nobody',
    file: 'src/dialling/ring-devices.ts',
    find: 'if (winner || options.signal.aborted || leg.signal.aborted) {',
    put: 'if (options.signal.aborted || leg.signal.aborted) {',
    caughtBy: ['test/queues/ring.test.ts'],
  },
  {
    name: 'phones ring on for a caller who has left',
    harm: 'I8: an operator answers into silence',
    file: 'src/dialling/ring-devices.ts',
    find: 'const { controller, unlink } = childController(options.signal)',
    put: 'const { controller, unlink } = childController()',
    caughtBy: ['test/queues/ring.test.ts'],
  },
  {
    name: 'a reader of a former life ends the reading of the book',
    harm: 'I3: what the fallback answered is told as missed. Found by random kills',
    file: 'src/telephony/doorbell-reader.ts',
    find: 'if (channel.id === this.#reading) this.#onEnd()',
    put: 'this.#onEnd()',
    caughtBy: ['test/telephony/doorbell-reader.test.ts'],
  },
  {
    name: 'picked up means spoken with',
    harm: 'I1: who leaves in the moment of the answer is told to nobody. Found by random kills',
    file: 'src/calls/doorbell.ts',
    find: 'endedAt - answeredAt < SHORTEST_TALK_MS',
    put: 'endedAt - answeredAt < 0',
    caughtBy: ['test/calls/short-talks.test.ts'],
  },
  {
    name: 'the lock of the data folder is never refused',
    harm: 'I4: two daemons call the same people',
    file: 'src/runtime/process-lock.ts',
    find: 'if (pid && startOf(Number(pid)) === started) throw',
    put: 'if (pid === started) throw',
    caughtBy: ['test/runtime/process-lock.test.ts'],
  },
  {
    name: 'a migration that failed half-way stays half',
    harm: 'I11: after a kill in the middle the database fits no version',
    file: 'src/store/migrations.ts',
    find: '`BEGIN IMMEDIATE;\\n${sql}\\n;${record};\\nCOMMIT;`',
    put: '`${sql}\\n;${record};`',
    caughtBy: ['test/store/migrations.test.ts', 'fails half-way'],
  },
  {
    name: 'recovery takes a talk for over',
    harm: 'I10: two who talk are cut off by the next life of the daemon',
    file: 'src/calls/recovery.ts',
    find: 'if (talking) return awaitTalk(deps, call, open, peerLeg)',
    put: 'if (talking) return',
    caughtBy: [POINTS, 'talk.handed-over'],
  },
  {
    name: 'the line of an orphaned call stays taken',
    harm: 'I6: the number counts as busy for an hour. Found by the named points',
    file: 'src/recovery.ts',
    find: '    await this.#freeLines()\n',
    put: '',
    caughtBy: [POINTS, 'attempt.answered'],
  },
  {
    name: 'the try is counted after the client was dialled',
    harm: 'I4: we die while it rings, and the same try rings him again',
    file: 'src/store/callbacks.ts',
    find: `SET "status" = 'client', "tries" = "tries" + 1,`,
    put: `SET "status" = 'client',`,
    caughtBy: [POINTS, 'callback.client-rings'],
  },
  {
    name: 'a list of channels is taken for newer than it is',
    harm: 'I8: a phone that is being dialled while Asterisk lists its channels rings on for a caller who has left. Found by a played day',
    file: 'src/telephony/handles.ts',
    find: '.filter(({ isPlaced }) => isPlaced)',
    put: '',
    caughtBy: ['test/telephony/audit.test.ts', 'placed while'],
  },
  {
    name: 'an order that was refused counts as carried out',
    harm: 'I1, I3: whom the dialplan took in the moment of the answer is told as spoken with. Found by a played day',
    file: 'src/telephony/leg-requests.ts',
    find: '&& tries === 1',
    put: '&& tries === 0',
    caughtBy: ['test/telephony/late-answer.test.ts', 'before our order came'],
  },
  {
    name: 'who was taken by the dialplan is hung up',
    harm: 'I10: his talk with an operator is cut by a flow that came to its end. Found by a played day',
    file: 'src/telephony/ari-leg.ts',
    find: "if (this.#custody === 'left' || this.signal.aborted) return await untilAborted(this.signal)",
    put: '',
    caughtBy: ['test/telephony/late-answer.test.ts', 'is not hung up by us'],
  },
  {
    name: 'the clocks are compared by and by',
    harm: 'I1: who calls just after a clock was set has waited for an hour, is too old to be called back and is told above at once. Found by a played day',
    file: 'src/telephony/ari-telephony.ts',
    find: 'this.#heartbeat.readClock().catch(() => {})]',
    put: ']',
    caughtBy: ['test/telephony/arrival.test.ts'],
  },
  {
    name: 'whoever asks in the right moment has the line',
    harm: 'I9: at a full gateway who came last is served first',
    file: 'src/dialling/ring-devices.ts',
    find: "if (device.kind === 'outside' && reason.mayTakeLine?.() === false) return 'congestion'",
    put: '',
    caughtBy: ['test/queues/mobiles.test.ts', 'has waited longest'],
  },
  {
    name: 'the mark of a sent mail waits for its lease',
    harm: 'I2: after a locked database a death sends it once more. Found by a played day',
    file: 'src/notices/outbox-worker.ts',
    find: 'for (const id of this.#acceptedUnmarked) await this.#markSent(id)',
    put: '',
    caughtBy: [WORKER, 'is marked soon'],
  },
]
