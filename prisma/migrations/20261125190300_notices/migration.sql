-- Lanes of the outbox, digests, escalations, and the closing notices.
ALTER TABLE "Notice" ADD COLUMN "lane" TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE "Notice" ADD COLUMN "digestId" TEXT;

CREATE TABLE "Escalation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "caseId" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "recipients" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending'
);
CREATE TABLE "Closing" (
    "caseId" TEXT NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "done" BOOLEAN NOT NULL DEFAULT false
);

DROP INDEX "Notice_status_dueAt_idx";
CREATE INDEX "Notice_status_lane_dueAt_idx" ON "Notice"("status", "lane", "dueAt");
CREATE INDEX "Notice_caseId_idx" ON "Notice"("caseId");
CREATE INDEX "Notice_recipient_status_sentAt_idx" ON "Notice"("recipient", "status", "sentAt");
CREATE INDEX "Notice_digestId_idx" ON "Notice"("digestId");
CREATE UNIQUE INDEX "Escalation_caseId_step_key" ON "Escalation"("caseId", "step");
CREATE INDEX "Escalation_status_dueAt_idx" ON "Escalation"("status", "dueAt");
CREATE INDEX "Closing_done_at_idx" ON "Closing"("done", "at");

-- an escalation is written by a worker that has read the case a moment ago: it may be closed by now
DROP TRIGGER "journal_notice";
CREATE TRIGGER "journal_notice" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice' BEGIN
  INSERT INTO "Notice" ("id", "kind", "callId", "caseId", "recipient", "lane", "language", "payload", "threadKey", "dueAt", "createdAt")
  SELECT NEW."row"->>'id', NEW."row"->>'kind', NEW."row"->>'callId', NEW."row"->>'caseId', NEW."row"->>'recipient',
    CASE WHEN NEW."row"->>'recipient' LIKE 'sms:%' THEN 'sms'
      WHEN NEW."row"->>'recipient' LIKE 'webhook:%' OR NEW."row"->>'recipient' LIKE 'telegram:%' THEN NEW."row"->>'recipient'
      ELSE 'mail' END,
    NEW."row"->>'language', NEW."row"->>'payload', NEW."row"->>'threadKey', NEW."row"->>'dueAt', NEW."row"->>'createdAt'
  WHERE NEW."row"->>'kind' <> 'escalation'
    OR EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = NEW."row"->>'caseId' AND c."openKey" IS NOT NULL)
  ON CONFLICT DO NOTHING;
END;

-- somebody spoke with this caller: what was not sent yet about his earlier calls need not be sent, also not within a digest
DROP TRIGGER "journal_notice_cancel";
CREATE TRIGGER "journal_notice_cancel" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.cancel' BEGIN
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "kind" = 'missed' AND "callId" IN (SELECT "id" FROM "Call" WHERE "caller" = NEW."row"->>'caller')
    AND ("status" = 'pending' AND "tries" = 0 OR "status" = 'digested' AND "digestId" IN (
      SELECT d."id" FROM "Notice" d WHERE d."kind" = 'digest' AND d."status" = 'pending' AND d."tries" = 0));
END;

-- A notice moves into the recipient's digest that has not begun to be sent; if there is none, or it is full, into a new one.
-- The claim (`tries`) is checked: what was claimed again meanwhile is another's.
CREATE TRIGGER "journal_notice_digest" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.digest' BEGIN
  INSERT INTO "Notice" ("id", "kind", "recipient", "lane", "language", "payload", "dueAt", "createdAt")
  SELECT NEW."row"->>'digestId', 'digest', n."recipient", n."lane", n."language", NEW."row"->>'payload', NEW."row"->>'dueAt', NEW."row"->>'at'
  FROM "Notice" n
  WHERE n."id" = NEW."row"->>'noticeId' AND n."status" = 'sending' AND n."tries" = NEW."row"->>'tries' AND NOT EXISTS (
    SELECT 1 FROM "Notice" d WHERE d."recipient" = n."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
      AND (SELECT count(*) FROM "Notice" m WHERE m."digestId" = d."id") < NEW."row"->>'most')
  ON CONFLICT DO NOTHING;
  UPDATE "Notice" SET "status" = 'digested', "leaseUntil" = NULL, "digestId" = (
    SELECT d."id" FROM "Notice" d WHERE d."recipient" = "Notice"."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
    ORDER BY d."createdAt" DESC, d."id" DESC LIMIT 1)
  WHERE "id" = NEW."row"->>'noticeId' AND "status" = 'sending' AND "tries" = NEW."row"->>'tries';
END;

-- one escalation of each step for a case: the first loss keeps its time
CREATE TRIGGER "journal_escalation" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'escalation' BEGIN
  INSERT INTO "Escalation" ("id", "caseId", "step", "recipients", "payload", "dueAt")
  SELECT c."id" || '.' || (NEW."row"->>'step'), c."id", NEW."row"->>'step', NEW."row"->>'recipients', NEW."row"->>'payload', NEW."row"->>'dueAt'
  FROM "Case" c WHERE c."caller" = NEW."row"->>'caller' AND c."lastCallId" = NEW."row"->>'callId' AND c."openKey" IS NOT NULL
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_escalation_end" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'escalation.end' BEGIN
  -- the column comes with the migration of the cases
  UPDATE "Case" SET "escalations" = "escalations" + 1 WHERE NEW."row"->>'status' = 'done' AND "id" = (
    SELECT e."caseId" FROM "Escalation" e WHERE e."id" = NEW."row"->>'id' AND e."status" = 'pending');
  UPDATE "Escalation" SET "status" = NEW."row"->>'status' WHERE "id" = NEW."row"->>'id' AND "status" = 'pending';
END;

CREATE TRIGGER "journal_closing_told" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'closing.told' BEGIN
  UPDATE "Closing" SET "done" = true WHERE "caseId" = NEW."row"->>'caseId';
END;

-- A closed case needs nobody any more: nothing unsent about it is sent, and who was told hears of the end, once.
CREATE TRIGGER "case_closed_notices" AFTER UPDATE OF "openKey" ON "Case" WHEN OLD."openKey" IS NOT NULL AND NEW."openKey" IS NULL BEGIN
  UPDATE "Escalation" SET "status" = 'cancelled' WHERE "caseId" = NEW."id" AND "status" = 'pending';
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "caseId" = NEW."id" AND "kind" IN ('missed', 'escalation')
    AND ("status" = 'pending' AND "tries" = 0 OR "status" = 'digested' AND "digestId" IN (
      SELECT d."id" FROM "Notice" d WHERE d."kind" = 'digest' AND d."status" = 'pending' AND d."tries" = 0));
  INSERT INTO "Closing" ("caseId", "at") VALUES (NEW."id", NEW."closedAt") ON CONFLICT DO NOTHING;
END;
