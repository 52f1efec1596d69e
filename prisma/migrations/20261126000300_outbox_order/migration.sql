-- What was held is due at one moment, and leaves in the order in which it came: read from the index, not sorted for each claim. The recipient is in
-- it because the notices of who is just being served are passed over.
DROP INDEX "Notice_status_lane_dueAt_idx";
CREATE INDEX "Notice_status_lane_dueAt_createdAt_id_recipient_idx" ON "Notice"("status", "lane", "dueAt", "createdAt", "id", "recipient");

-- A digest is looked for among those of the recipient that have not begun to be sent; only the newest can have room.
DROP TRIGGER "journal_notice_digest";
CREATE TRIGGER "journal_notice_digest" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'notice.digest' BEGIN
  INSERT INTO "Notice" ("id", "kind", "recipient", "lane", "language", "payload", "dueAt", "createdAt")
  SELECT NEW."row"->>'digestId', 'digest', n."recipient", n."lane", n."language", NEW."row"->>'payload', NEW."row"->>'dueAt', NEW."row"->>'at'
  FROM "Notice" n
  WHERE n."id" = NEW."row"->>'noticeId' AND n."status" = 'sending' AND n."tries" = NEW."row"->>'tries'
    AND NOT EXISTS (
      SELECT 1 FROM (
        SELECT d."id" FROM "Notice" d WHERE d."recipient" = n."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
        ORDER BY d."createdAt" DESC, d."id" DESC LIMIT 1) newest
      WHERE (SELECT count(*) FROM "Notice" m WHERE m."digestId" = newest."id") < NEW."row"->>'most')
  ON CONFLICT DO NOTHING;
  UPDATE "Notice" SET "status" = 'digested', "leaseUntil" = NULL, "digestId" = (
    SELECT d."id" FROM "Notice" d WHERE d."recipient" = "Notice"."recipient" AND d."status" = 'pending' AND d."kind" = 'digest' AND d."tries" = 0
    ORDER BY d."createdAt" DESC, d."id" DESC LIMIT 1)
  WHERE "id" = NEW."row"->>'noticeId' AND "status" = 'sending' AND "tries" = NEW."row"->>'tries';
END;
