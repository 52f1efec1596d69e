-- Two digests of one millisecond: the one that was begun later has room, whatever its id.
DROP TRIGGER "journal_notice_digest";
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
