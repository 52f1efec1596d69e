-- The rules of the journal, all that are in force. Migrations make the tables; the views and triggers stand here alone and are made anew
-- when this file differs from what the database was last given (src/store/migrations.ts).
--
-- One INSERT of a JSON array into a view is one transaction over all the tables of a call: SQLite runs the trigger of each row's op.
-- src/store/journal.ts names the ops and the shapes of their rows. Every op may be written twice without harm: a daemon that died after
-- the commit writes the same again.
--
-- Two views, because a statement is compiled with every trigger of its view (half a millisecond for all of these): what happens while
-- somebody waits for an answer goes through "journal_hot", what follows from a call's end through "journal".

CREATE VIEW "journal_hot" AS SELECT NULL AS "op", NULL AS "row";
CREATE VIEW "journal" AS SELECT NULL AS "op", NULL AS "row";

-- The ops of the cheap view may come with others, and are handed on.
CREATE TRIGGER "journal_hot" INSTEAD OF INSERT ON "journal"
WHEN NEW."op" IN ('step', 'call.open', 'call.answered', 'call.rearm', 'operator.event') BEGIN
  INSERT INTO "journal_hot" ("op", "row") VALUES (NEW."op", NEW."row");
END;

-- ---- calls ----

CREATE TRIGGER "journal_call_open" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.open' BEGIN
  INSERT INTO "Call" ("id", "linkedid", "direction", "node", "trunk", "line", "lineName", "caller", "callerShown", "callerName", "arrivedAt",
    "notice", "restored", "configVersion", "group")
  VALUES (NEW."row"->>'id', coalesce(NEW."row"->>'linkedid', NEW."row"->>'id'), NEW."row"->>'direction', NEW."row"->>'node',
    NEW."row"->>'trunk', NEW."row"->>'line', NEW."row"->>'lineName',
    NEW."row"->>'caller', NEW."row"->>'callerShown', NEW."row"->>'callerName', NEW."row"->>'arrivedAt',
    NEW."row"->>'notice', NEW."row"->>'restored', NEW."row"->>'configVersion', NEW."row"->>'group')
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_step" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'step' BEGIN
  INSERT INTO "PathStep" ("callId", "seq", "at", "kind", "detail")
  VALUES (NEW."row"->>'callId', NEW."row"->>'seq', NEW."row"->>'at', NEW."row"->>'kind', NEW."row"->>'detail')
  ON CONFLICT DO NOTHING;
END;

-- The recording of a talk is expected from the step that begins it, whoever notes the step and in whichever statement.
CREATE TRIGGER "talk_recorded" AFTER INSERT ON "PathStep" WHEN NEW."kind" = 'talk-recorded' BEGIN
  INSERT INTO "TalkRecording" ("name", "callId", "at", "dueAt")
  VALUES (NEW."detail"->>'name', NEW."callId", NEW."at", NEW."at")
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_call_answered" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.answered' BEGIN
  UPDATE "Call" SET "answeredAt" = coalesce("answeredAt", NEW."row"->>'at'), "operator" = NEW."row"->>'operator',
    "peer" = NEW."row"->>'peer', "group" = NEW."row"->>'group', "notice" = 'disarmed'
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;
END;

-- A caller who was put through and is with us again: transferred, or dropped within seconds. Only what came to us is told of.
CREATE TRIGGER "journal_call_rearm" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.rearm' BEGIN
  UPDATE "Call" SET "answeredAt" = NULL, "operator" = NULL, "peer" = NULL,
    "notice" = CASE "direction" WHEN 'inbound' THEN 'armed' ELSE 'none' END
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;
END;

CREATE TRIGGER "journal_call_end" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'call.end' BEGIN
  UPDATE "Call" SET "endedAt" = NEW."row"->>'at', "newestAtEnd" = (SELECT max(rowid) FROM "Call"), "verdict" = NEW."row"->>'verdict', "reason" = NEW."row"->>'reason',
    "notice" = NEW."row"->>'notice', "group" = coalesce(NEW."row"->>'group', "group"), "waitMs" = NEW."row"->>'waitMs',
    "talkMs" = NEW."row"->>'talkMs', "cause" = NEW."row"->>'cause',
    -- an operator who was gone again before the two were joined has not answered
    "answeredAt" = CASE NEW."row"->>'verdict' WHEN 'answered' THEN "answeredAt" END
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;
END;

-- ---- operators ----

CREATE TRIGGER "journal_operator_event" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'operator.event' BEGIN
  INSERT INTO "OperatorEvent" ("id", "person", "at", "state", "standing", "reason", "by", "callId")
  VALUES (NEW."row"->>'id', NEW."row"->>'person', NEW."row"->>'at', NEW."row"->>'state', NEW."row"->>'standing',
    NEW."row"->>'reason', NEW."row"->>'by', NEW."row"->>'callId')
  ON CONFLICT DO NOTHING;
END;

-- ---- notices ----

-- A worker that writes about a case has read it a moment ago: the case may be closed by now, and then an escalation, or the request that
-- somebody call, is not written any more.
CREATE TRIGGER "journal_notice" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice' BEGIN
  INSERT INTO "Notice" ("id", "kind", "callId", "caseId", "recipient", "lane", "language", "payload", "threadKey", "dueAt", "createdAt")
  SELECT NEW."row"->>'id', NEW."row"->>'kind', NEW."row"->>'callId', NEW."row"->>'caseId', NEW."row"->>'recipient',
    CASE WHEN NEW."row"->>'recipient' LIKE 'sms:%' THEN 'sms'
      WHEN NEW."row"->>'recipient' LIKE 'webhook:%' OR NEW."row"->>'recipient' LIKE 'telegram:%' THEN NEW."row"->>'recipient'
      ELSE 'mail' END,
    NEW."row"->>'language', NEW."row"->>'payload', NEW."row"->>'threadKey', NEW."row"->>'dueAt', NEW."row"->>'createdAt'
  WHERE CASE NEW."row"->>'kind'
    WHEN 'escalation' THEN EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = NEW."row"->>'caseId' AND c."openKey" IS NOT NULL)
    WHEN 'callback-failed' THEN NOT EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = NEW."row"->>'caseId' AND c."openKey" IS NULL)
    ELSE true END
  ON CONFLICT DO NOTHING;
END;

-- An operator spoke with this caller: what was not sent yet about earlier calls need not be sent, also not within a digest. Earlier is a
-- call that had ended when the one with the `talk` `began`: a company shows its head number for all its people, and who of them waited at the
-- same time has not been spoken with. Two things tell of that: the times, and, where the clock was set in between, the order of the rows. A call
-- knows the newest row that was there when it ended; the row of a later call is newer. The row of a restored call came too late to tell.
CREATE TRIGGER "journal_notice_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.cancel' BEGIN
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "kind" = 'missed'
    AND "callId" IN (SELECT "id" FROM "Call" WHERE "caller" = NEW."row"->>'caller' AND ("endedAt" <= NEW."row"->>'began'
      OR "newestAtEnd" < (SELECT t.rowid FROM "Call" t WHERE t."id" = NEW."row"->>'talk' AND NOT t."restored")))
    AND ("status" = 'pending' AND "tries" = 0 OR "status" = 'digested' AND "digestId" IN (
      SELECT d."id" FROM "Notice" d WHERE d."kind" = 'digest' AND d."status" = 'pending' AND d."tries" = 0));
END;

-- An operator has picked up for this caller, and may hang up again before a word is said: what would be called off is not sent meanwhile.
CREATE TRIGGER "journal_notice_hold" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.hold' BEGIN
  UPDATE "Notice" SET "dueAt" = max("dueAt", NEW."row"->>'until')
  WHERE "kind" = 'missed' AND "status" = 'pending' AND "tries" = 0
    AND "callId" IN (SELECT "id" FROM "Call" WHERE "caller" = NEW."row"->>'caller' AND ("endedAt" <= NEW."row"->>'began'
      OR "newestAtEnd" < (SELECT t.rowid FROM "Call" t WHERE t."id" = NEW."row"->>'talk' AND NOT t."restored")));
END;

-- A notice moves into the recipient's digest that has not begun to be sent; if there is none, or it is full, into a new one. A digest is
-- looked for among those that have not begun to be sent; only the newest can have room, and of two of one millisecond the one that was begun
-- later. The claim (`tries`) is checked: what was claimed again meanwhile is another's.
CREATE TRIGGER "journal_notice_digest" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.digest' BEGIN
  INSERT INTO "Notice" ("id", "kind", "recipient", "lane", "language", "payload", "dueAt", "createdAt")
  SELECT NEW."row"->>'digestId', 'digest', n."recipient", n."lane", n."language", NEW."row"->>'payload', NEW."row"->>'dueAt', NEW."row"->>'at'
  FROM "Notice" n
  WHERE n."id" = NEW."row"->>'noticeId' AND n."status" = 'sending' AND n."tries" = NEW."row"->>'tries'
    AND NOT EXISTS (
      SELECT 1 FROM (
        SELECT d."id" FROM "Notice" d WHERE d."recipient" = n."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
        ORDER BY d."createdAt" DESC, d.rowid DESC LIMIT 1) newest
      WHERE (SELECT count(*) FROM "Notice" m WHERE m."digestId" = newest."id") < NEW."row"->>'most')
  ON CONFLICT DO NOTHING;
  UPDATE "Notice" SET "status" = 'digested', "leaseUntil" = NULL, "digestId" = (
    SELECT d."id" FROM "Notice" d WHERE d."recipient" = "Notice"."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
    ORDER BY d."createdAt" DESC, d.rowid DESC LIMIT 1)
  WHERE "id" = NEW."row"->>'noticeId' AND "status" = 'sending' AND "tries" = NEW."row"->>'tries';
END;

-- One escalation of each step for a case: the first loss keeps its time.
CREATE TRIGGER "journal_escalation" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'escalation' BEGIN
  INSERT INTO "Escalation" ("id", "caseId", "step", "recipients", "payload", "dueAt")
  SELECT c."id" || '.' || (NEW."row"->>'step'), c."id", NEW."row"->>'step', NEW."row"->>'recipients', NEW."row"->>'payload', NEW."row"->>'dueAt'
  FROM "Case" c WHERE c."caller" = NEW."row"->>'caller' AND c."lastCallId" = NEW."row"->>'callId' AND c."openKey" IS NOT NULL
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_escalation_end" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'escalation.end' BEGIN
  UPDATE "Case" SET "escalations" = "escalations" + 1 WHERE NEW."row"->>'status' = 'done' AND "id" = (
    SELECT e."caseId" FROM "Escalation" e WHERE e."id" = NEW."row"->>'id' AND e."status" = 'pending');
  UPDATE "Escalation" SET "status" = NEW."row"->>'status' WHERE "id" = NEW."row"->>'id' AND "status" = 'pending';
END;

CREATE TRIGGER "journal_closing_told" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'closing.told' BEGIN
  UPDATE "Closing" SET "done" = true WHERE "caseId" = NEW."row"->>'caseId';
END;

CREATE TRIGGER "journal_report_due" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'report.due' BEGIN
  INSERT INTO "DueReport" ("name", "dueAt") VALUES (NEW."row"->>'name', NEW."row"->>'dueAt')
  ON CONFLICT ("name") DO UPDATE SET "dueAt" = excluded."dueAt";
END;

-- ---- cases ----

-- A caller who shows no number is nobody whom another call could be told from: each call is a case of its own, which a person closes.
CREATE TRIGGER "journal_case_loss" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.loss' BEGIN
  INSERT INTO "Case" ("id", "caller", "line", "lineGroup", "group", "openedAt", "lastCallId", "lastLossAt", "slaDueAt", "openKey")
  VALUES (NEW."row"->>'id', NEW."row"->>'caller', NEW."row"->>'line', coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'),
    NEW."row"->>'group', NEW."row"->>'at', NEW."row"->>'callId', NEW."row"->>'at', NEW."row"->>'slaDueAt',
    coalesce(nullif(NEW."row"->>'caller', ''), NEW."row"->>'callId') || ' ' || coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'))
  ON CONFLICT ("openKey") DO UPDATE SET "count" = "count" + 1, "lastCallId" = excluded."lastCallId", "line" = excluded."line",
    "lastLossAt" = excluded."lastLossAt", "group" = coalesce(excluded."group", "group")
  WHERE "lastCallId" <> excluded."lastCallId"
  -- a daemon that died after the commit writes the end of the call again, perhaps when the case is closed already
  ON CONFLICT ("id") DO NOTHING;
  UPDATE "Notice" SET "caseId" = (SELECT c."id" FROM "Case" c
    WHERE c."openKey" = coalesce(nullif(NEW."row"->>'caller', ''), NEW."row"->>'callId') || ' ' || coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'))
  WHERE "callId" = NEW."row"->>'callId' AND "kind" = 'missed' AND "caseId" IS NULL;
END;

-- A talk with the caller, whoever rang whom; also with the other number that a caller gave for the call-back. A case whose last loss had not
-- ended when the call with the talk `began` stays open, see notice.cancel.
CREATE TRIGGER "journal_case_close" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.close' BEGIN
  UPDATE "Case" SET "openKey" = NULL, "closedAt" = NEW."row"->>'at', "closedHow" = NEW."row"->>'how',
    "closedBy" = NEW."row"->>'by', "talkMs" = NEW."row"->>'talkMs'
  WHERE "openKey" IS NOT NULL AND ("caller" = NEW."row"->>'caller'
    OR "id" IN (SELECT "caseId" FROM "Callback" WHERE "number" = NEW."row"->>'caller'))
    AND NOT EXISTS (SELECT 1 FROM "Call" l WHERE l."id" = "lastCallId" AND l."endedAt" > NEW."row"->>'began'
      AND NOT coalesce(l."newestAtEnd" < (SELECT t.rowid FROM "Call" t WHERE t."id" = NEW."row"->>'talk' AND NOT t."restored"), false));
END;

-- A closed case, whoever closed it, needs nobody any more: no call-back of it waits, nothing unsent about it is sent ("a person must call"
-- is taken back as well where nobody has read it yet), and who was told of the case hears of its end, once.
CREATE TRIGGER "case_closed" AFTER UPDATE OF "openKey" ON "Case" WHEN OLD."openKey" IS NOT NULL AND NEW."openKey" IS NULL BEGIN
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = NEW."closedHow", "updatedAt" = NEW."closedAt"
  WHERE "caseId" = NEW."id" AND "status" IN ('waiting', 'operator');
  UPDATE "Escalation" SET "status" = 'cancelled' WHERE "caseId" = NEW."id" AND "status" = 'pending';
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "caseId" = NEW."id" AND "kind" IN ('missed', 'escalation', 'callback-failed')
    AND ("status" = 'pending' AND "tries" = 0 OR "status" = 'digested' AND "digestId" IN (
      SELECT d."id" FROM "Notice" d WHERE d."kind" = 'digest' AND d."status" = 'pending' AND d."tries" = 0));
  INSERT INTO "Closing" ("caseId", "at") VALUES (NEW."id", NEW."closedAt") ON CONFLICT DO NOTHING;
END;

-- ---- call-backs ----

-- One task for a number: a second loss while it waits changes nothing, the first loss keeps its place; a caller who asks for a call-back
-- gets the better place.
CREATE TRIGGER "journal_callback_new" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.new' BEGIN
  INSERT INTO "Callback" ("id", "caseId", "callId", "number", "openNumber", "line", "group", "kind", "priority", "status", "dueAt", "lostAt",
    "expiresAt", "updatedAt")
  SELECT NEW."row"->>'id', c."id", NEW."row"->>'callId', NEW."row"->>'number', NEW."row"->>'number', NEW."row"->>'line',
    NEW."row"->>'group', coalesce(NEW."row"->>'kind', 'missed'), coalesce(NEW."row"->>'priority', 0), 'waiting', NEW."row"->>'dueAt',
    coalesce(NEW."row"->>'since', NEW."row"->>'at'), NEW."row"->>'expiresAt', NEW."row"->>'at'
  FROM "Case" c WHERE c."openKey" = coalesce(NEW."row"->>'caseKey', (NEW."row"->>'number') || ' ' || (NEW."row"->>'line'))
  ON CONFLICT ("openNumber") DO UPDATE SET "kind" = excluded."kind", "priority" = excluded."priority", "dueAt" = excluded."dueAt",
    "group" = excluded."group", "expiresAt" = max("expiresAt", excluded."expiresAt"), "updatedAt" = excluded."updatedAt"
  WHERE "status" = 'waiting' AND excluded."priority" > "priority"
  ON CONFLICT DO NOTHING;
END;

-- The client was spoken with meanwhile, see notice.cancel; while the client's phone rings it is too late to call it off.
CREATE TRIGGER "journal_callback_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.cancel' BEGIN
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at'
  WHERE "status" IN ('waiting', 'operator') AND ("number" = NEW."row"->>'number'
    OR "caseId" IN (SELECT "id" FROM "Case" WHERE "caller" = NEW."row"->>'number' AND "openKey" IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM "Case" c JOIN "Call" l ON l."id" = c."lastCallId"
      WHERE c."id" = "caseId" AND l."endedAt" > NEW."row"->>'began'
      AND NOT coalesce(l."newestAtEnd" < (SELECT t.rowid FROM "Call" t WHERE t."id" = NEW."row"->>'talk' AND NOT t."restored"), false));
END;

-- How a try came out: waiting again, or over.
CREATE TRIGGER "journal_callback_state" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.state' BEGIN
  UPDATE "Callback" SET "status" = NEW."row"->>'status', "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at',
    "tries" = NEW."row"->>'tries', "dueAt" = coalesce(NEW."row"->>'dueAt', "dueAt"),
    "causes" = coalesce(NEW."row"->>'causes', "causes"),
    "openNumber" = CASE WHEN NEW."row"->>'status' IN ('done', 'failed', 'cancelled') THEN NULL ELSE "number" END,
    "legs" = CASE WHEN NEW."row"->>'status' IN ('operator', 'client', 'machine', 'joining', 'talking')
      THEN coalesce(NEW."row"->>'legs', "legs") END
  WHERE "id" = NEW."row"->>'id' AND "openNumber" IS NOT NULL;
  -- A case may be closed by hand while its client's phone rings. The try comes to its end, and is the last: nobody is called again, and nobody
  -- is asked to call, about a case that is closed. Where the caller has another open case, the task is that one's from then on.
  UPDATE "Callback" SET "caseId" = coalesce((
    SELECT other."id" FROM "Case" closed JOIN "Case" other ON other."caller" = closed."caller" AND other."openKey" IS NOT NULL
    WHERE closed."id" = "caseId" AND closed."openKey" IS NULL ORDER BY other."openedAt" DESC LIMIT 1), "caseId")
  WHERE "id" = NEW."row"->>'id' AND NEW."row"->>'status' = 'waiting' AND "status" = 'waiting';
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL,
    "outcome" = (SELECT c."closedHow" FROM "Case" c WHERE c."id" = "caseId")
  WHERE "id" = NEW."row"->>'id' AND NEW."row"->>'status' IN ('waiting', 'failed') AND "status" = NEW."row"->>'status'
    AND "updatedAt" = NEW."row"->>'at' AND EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = "caseId" AND c."openKey" IS NULL);
END;
