-- The journal: one INSERT of a JSON array into a view is one transaction over all the tables of a call.
-- SQLite runs the trigger of each row's op; src/store/journal.ts names the ops and the shapes of their rows.
-- Every op may be written twice without harm: a daemon that died after the commit writes the same again.
--
-- Two views, because a statement is compiled with every trigger of its view (half a millisecond for all of these): what happens
-- while somebody waits for an answer goes through "journal_hot", what follows from a call's end through "journal".

CREATE VIEW "journal_hot" AS SELECT NULL AS "op", NULL AS "row";
CREATE VIEW "journal" AS SELECT NULL AS "op", NULL AS "row";

CREATE TRIGGER "journal_hot" INSTEAD OF INSERT ON "journal" WHEN NEW."op" IN ('step', 'call.open', 'call.answered') BEGIN
  INSERT INTO "journal_hot" ("op", "row") VALUES (NEW."op", NEW."row");
END;

CREATE TRIGGER "journal_step" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'step' BEGIN
  INSERT INTO "PathStep" ("callId", "seq", "at", "kind", "detail")
  VALUES (NEW."row"->>'callId', NEW."row"->>'seq', NEW."row"->>'at', NEW."row"->>'kind', NEW."row"->>'detail')
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_call_open" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.open' BEGIN
  INSERT INTO "Call" ("id", "direction", "node", "line", "lineName", "caller", "callerShown", "callerName", "arrivedAt", "notice", "restored", "configVersion", "group")
  VALUES (NEW."row"->>'id', NEW."row"->>'direction', NEW."row"->>'node', NEW."row"->>'line', NEW."row"->>'lineName',
    NEW."row"->>'caller', NEW."row"->>'callerShown', NEW."row"->>'callerName', NEW."row"->>'arrivedAt',
    NEW."row"->>'notice', NEW."row"->>'restored', NEW."row"->>'configVersion', NEW."row"->>'group')
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_call_answered" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.answered' BEGIN
  UPDATE "Call" SET "answeredAt" = coalesce("answeredAt", NEW."row"->>'at'), "operator" = NEW."row"->>'operator',
    "peer" = NEW."row"->>'peer', "group" = NEW."row"->>'group', "notice" = 'disarmed'
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;
END;

CREATE TRIGGER "journal_call_end" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'call.end' BEGIN
  UPDATE "Call" SET "endedAt" = NEW."row"->>'at', "verdict" = NEW."row"->>'verdict', "reason" = NEW."row"->>'reason',
    "notice" = NEW."row"->>'notice', "group" = coalesce(NEW."row"->>'group', "group"), "waitMs" = NEW."row"->>'waitMs',
    "talkMs" = NEW."row"->>'talkMs', "cause" = NEW."row"->>'cause',
    -- an operator who was gone again before the two were joined has not answered
    "answeredAt" = CASE NEW."row"->>'verdict' WHEN 'answered' THEN "answeredAt" END
  WHERE "id" = NEW."row"->>'id' AND "endedAt" IS NULL;
END;

CREATE TRIGGER "journal_notice" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice' BEGIN
  INSERT INTO "Notice" ("id", "kind", "callId", "caseId", "recipient", "language", "payload", "threadKey", "dueAt", "createdAt")
  VALUES (NEW."row"->>'id', NEW."row"->>'kind', NEW."row"->>'callId', NEW."row"->>'caseId', NEW."row"->>'recipient',
    NEW."row"->>'language', NEW."row"->>'payload', NEW."row"->>'threadKey', NEW."row"->>'dueAt', NEW."row"->>'createdAt')
  ON CONFLICT DO NOTHING;
END;

-- somebody spoke with this caller: what was not sent yet about his earlier calls need not be sent
CREATE TRIGGER "journal_notice_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.cancel' BEGIN
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "status" = 'pending' AND "tries" = 0 AND "kind" = 'missed'
    AND "callId" IN (SELECT "id" FROM "Call" WHERE "caller" = NEW."row"->>'caller');
END;

CREATE TRIGGER "journal_case_loss" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.loss' BEGIN
  INSERT INTO "Case" ("id", "caller", "line", "group", "openedAt", "lastCallId", "lastLossAt", "openKey")
  VALUES (NEW."row"->>'id', NEW."row"->>'caller', NEW."row"->>'line', NEW."row"->>'group', NEW."row"->>'at',
    NEW."row"->>'callId', NEW."row"->>'at', NEW."row"->>'caller' || ' ' || (NEW."row"->>'line'))
  ON CONFLICT ("openKey") DO UPDATE SET "count" = "count" + 1, "lastCallId" = excluded."lastCallId",
    "lastLossAt" = excluded."lastLossAt", "group" = coalesce(excluded."group", "group")
  WHERE "lastCallId" <> excluded."lastCallId";
END;

CREATE TRIGGER "journal_case_close" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.close' BEGIN
  UPDATE "Case" SET "openKey" = NULL, "closedAt" = NEW."row"->>'at', "closedHow" = NEW."row"->>'how',
    "closedBy" = NEW."row"->>'by', "talkMs" = NEW."row"->>'talkMs'
  WHERE "caller" = NEW."row"->>'caller' AND "openKey" IS NOT NULL;
END;

-- one task for a number: a second loss while it waits changes nothing, the first loss keeps its place
CREATE TRIGGER "journal_callback_new" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.new' BEGIN
  INSERT INTO "Callback" ("id", "caseId", "callId", "number", "openNumber", "line", "group", "status", "dueAt", "lostAt", "expiresAt", "updatedAt")
  SELECT NEW."row"->>'id', c."id", NEW."row"->>'callId', NEW."row"->>'number', NEW."row"->>'number', NEW."row"->>'line',
    NEW."row"->>'group', 'waiting', NEW."row"->>'dueAt', NEW."row"->>'at', NEW."row"->>'expiresAt', NEW."row"->>'at'
  FROM "Case" c WHERE c."openKey" = (NEW."row"->>'number') || ' ' || (NEW."row"->>'line')
  ON CONFLICT DO NOTHING;
END;

-- the person was spoken with meanwhile; while the client's phone rings it is too late to call it off
CREATE TRIGGER "journal_callback_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.cancel' BEGIN
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at'
  WHERE "number" = NEW."row"->>'number' AND "status" IN ('waiting', 'operator');
END;

-- how a try came out: waiting again, or over
CREATE TRIGGER "journal_callback_state" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.state' BEGIN
  UPDATE "Callback" SET "status" = NEW."row"->>'status', "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at',
    "tries" = NEW."row"->>'tries', "dueAt" = coalesce(NEW."row"->>'dueAt', "dueAt"),
    "openNumber" = CASE WHEN NEW."row"->>'status' IN ('done', 'failed', 'cancelled') THEN NULL ELSE "number" END,
    "legs" = CASE WHEN NEW."row"->>'status' IN ('operator', 'client', 'talking') THEN "legs" END
  WHERE "id" = NEW."row"->>'id' AND "openNumber" IS NOT NULL;
END;
