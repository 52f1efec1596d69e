-- Cases of line groups, the clock of their working minutes, who took them; call-backs with a kind, a priority and their own waits for each cause.
ALTER TABLE "Case" ADD COLUMN "lineGroup" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Case" ADD COLUMN "takenBy" TEXT;
ALTER TABLE "Case" ADD COLUMN "takenAt" DATETIME;
ALTER TABLE "Case" ADD COLUMN "slaDueAt" DATETIME;
ALTER TABLE "Case" ADD COLUMN "escalations" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Case" ADD COLUMN "note" TEXT;
UPDATE "Case" SET "lineGroup" = "line";
ALTER TABLE "Callback" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'missed';
ALTER TABLE "Callback" ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Callback" ADD COLUMN "causes" TEXT NOT NULL DEFAULT '{}';

CREATE TABLE "Meeting" (
    "person" TEXT NOT NULL PRIMARY KEY,
    "since" DATETIME NOT NULL,
    "until" DATETIME,
    "by" TEXT
);

CREATE INDEX "Case_openedAt_idx" ON "Case"("openedAt");
CREATE INDEX "Callback_caseId_idx" ON "Callback"("caseId");
CREATE INDEX "Callback_number_idx" ON "Callback"("number");

DROP TRIGGER "journal_case_loss";
CREATE TRIGGER "journal_case_loss" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.loss' BEGIN
  INSERT INTO "Case" ("id", "caller", "line", "lineGroup", "group", "openedAt", "lastCallId", "lastLossAt", "slaDueAt", "openKey")
  VALUES (NEW."row"->>'id', NEW."row"->>'caller', NEW."row"->>'line', coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'),
    NEW."row"->>'group', NEW."row"->>'at', NEW."row"->>'callId', NEW."row"->>'at', NEW."row"->>'slaDueAt',
    NEW."row"->>'caller' || ' ' || coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'))
  ON CONFLICT ("openKey") DO UPDATE SET "count" = "count" + 1, "lastCallId" = excluded."lastCallId", "line" = excluded."line",
    "lastLossAt" = excluded."lastLossAt", "group" = coalesce(excluded."group", "group")
  WHERE "lastCallId" <> excluded."lastCallId"
  -- a daemon that died after the commit writes the end of the call again, perhaps when the case is closed already
  ON CONFLICT ("id") DO NOTHING;
  UPDATE "Notice" SET "caseId" = (SELECT c."id" FROM "Case" c
    WHERE c."openKey" = NEW."row"->>'caller' || ' ' || coalesce(NEW."row"->>'lineGroup', NEW."row"->>'line'))
  WHERE "callId" = NEW."row"->>'callId' AND "kind" = 'missed' AND "caseId" IS NULL;
END;

-- a talk with him, whoever rang whom; also with the other number that he gave for his call-back
DROP TRIGGER "journal_case_close";
CREATE TRIGGER "journal_case_close" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'case.close' BEGIN
  UPDATE "Case" SET "openKey" = NULL, "closedAt" = NEW."row"->>'at', "closedHow" = NEW."row"->>'how',
    "closedBy" = NEW."row"->>'by', "talkMs" = NEW."row"->>'talkMs'
  WHERE "openKey" IS NOT NULL AND ("caller" = NEW."row"->>'caller'
    OR "id" IN (SELECT "caseId" FROM "Callback" WHERE "number" = NEW."row"->>'caller'));
END;

-- A case that is closed, by whomever, has no call-back that waits and no mail that was not sent yet.
CREATE TRIGGER "case_closed" AFTER UPDATE OF "openKey" ON "Case" WHEN OLD."openKey" IS NOT NULL AND NEW."openKey" IS NULL BEGIN
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = NEW."closedHow", "updatedAt" = NEW."closedAt"
  WHERE "caseId" = NEW."id" AND "status" IN ('waiting', 'operator');
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "caseId" = NEW."id" AND "status" = 'pending' AND "tries" = 0 AND "kind" = 'missed';
END;

-- one task for a number: a second loss while it waits changes nothing, the first loss keeps its place; who asks for it gets the better place
DROP TRIGGER "journal_callback_new";
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

-- the person was spoken with meanwhile; while the client's phone rings it is too late to call it off
DROP TRIGGER "journal_callback_cancel";
CREATE TRIGGER "journal_callback_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.cancel' BEGIN
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL, "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at'
  WHERE "status" IN ('waiting', 'operator') AND ("number" = NEW."row"->>'number'
    OR "caseId" IN (SELECT "id" FROM "Case" WHERE "caller" = NEW."row"->>'number' AND "openKey" IS NOT NULL));
END;

-- how a try came out: waiting again, or over
DROP TRIGGER "journal_callback_state";
CREATE TRIGGER "journal_callback_state" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.state' BEGIN
  UPDATE "Callback" SET "status" = NEW."row"->>'status', "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at',
    "tries" = NEW."row"->>'tries', "dueAt" = coalesce(NEW."row"->>'dueAt', "dueAt"),
    "causes" = coalesce(NEW."row"->>'causes', "causes"),
    "openNumber" = CASE WHEN NEW."row"->>'status' IN ('done', 'failed', 'cancelled') THEN NULL ELSE "number" END,
    "legs" = CASE WHEN NEW."row"->>'status' IN ('operator', 'client', 'machine', 'joining', 'talking')
      THEN coalesce(NEW."row"->>'legs', "legs") END
  WHERE "id" = NEW."row"->>'id' AND "openNumber" IS NOT NULL;
END;
