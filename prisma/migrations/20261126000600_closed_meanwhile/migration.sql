-- A case may be closed by hand while its client's phone rings. The try comes to its end, and is the last: nobody is called again, and nobody is asked to
-- call, about a case that is closed. Where the caller has another open case, the task is that one's from then on.
DROP TRIGGER "journal_callback_state";
CREATE TRIGGER "journal_callback_state" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'callback.state' BEGIN
  UPDATE "Callback" SET "status" = NEW."row"->>'status', "outcome" = NEW."row"->>'outcome', "updatedAt" = NEW."row"->>'at',
    "tries" = NEW."row"->>'tries', "dueAt" = coalesce(NEW."row"->>'dueAt', "dueAt"),
    "causes" = coalesce(NEW."row"->>'causes', "causes"),
    "openNumber" = CASE WHEN NEW."row"->>'status' IN ('done', 'failed', 'cancelled') THEN NULL ELSE "number" END,
    "legs" = CASE WHEN NEW."row"->>'status' IN ('operator', 'client', 'machine', 'joining', 'talking')
      THEN coalesce(NEW."row"->>'legs', "legs") END
  WHERE "id" = NEW."row"->>'id' AND "openNumber" IS NOT NULL;
  UPDATE "Callback" SET "caseId" = coalesce((
    SELECT other."id" FROM "Case" closed JOIN "Case" other ON other."caller" = closed."caller" AND other."openKey" IS NOT NULL
    WHERE closed."id" = "caseId" AND closed."openKey" IS NULL ORDER BY other."openedAt" DESC LIMIT 1), "caseId")
  WHERE "id" = NEW."row"->>'id' AND NEW."row"->>'status' = 'waiting' AND "status" = 'waiting';
  UPDATE "Callback" SET "status" = 'cancelled', "openNumber" = NULL,
    "outcome" = (SELECT c."closedHow" FROM "Case" c WHERE c."id" = "caseId")
  WHERE "id" = NEW."row"->>'id' AND NEW."row"->>'status' IN ('waiting', 'failed') AND "status" = NEW."row"->>'status'
    AND "updatedAt" = NEW."row"->>'at' AND EXISTS (SELECT 1 FROM "Case" c WHERE c."id" = "caseId" AND c."openKey" IS NULL);
END;

DROP TRIGGER "journal_notice";
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

-- "a person must call" is taken back as well where nobody has read it yet: its closing would not be told
DROP TRIGGER "case_closed_notices";
CREATE TRIGGER "case_closed_notices" AFTER UPDATE OF "openKey" ON "Case" WHEN OLD."openKey" IS NOT NULL AND NEW."openKey" IS NULL BEGIN
  UPDATE "Escalation" SET "status" = 'cancelled' WHERE "caseId" = NEW."id" AND "status" = 'pending';
  UPDATE "Notice" SET "status" = 'cancelled'
  WHERE "caseId" = NEW."id" AND "kind" IN ('missed', 'escalation', 'callback-failed')
    AND ("status" = 'pending' AND "tries" = 0 OR "status" = 'digested' AND "digestId" IN (
      SELECT d."id" FROM "Notice" d WHERE d."kind" = 'digest' AND d."status" = 'pending' AND d."tries" = 0));
  INSERT INTO "Closing" ("caseId", "at") VALUES (NEW."id", NEW."closedAt") ON CONFLICT DO NOTHING;
END;
