-- What reports walk along. Each grows at its end, so that keeping it costs a call next to nothing.
CREATE INDEX "Call_arrivedAt_idx" ON "Call"("arrivedAt");
CREATE INDEX "Callback_lostAt_idx" ON "Callback"("lostAt");
CREATE INDEX "DialLedger_at_idx" ON "DialLedger"("at");

-- When a report is mailed next. A due time that has passed while nobody was there is seen at the next start.
CREATE TABLE "DueReport" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "dueAt" DATETIME NOT NULL
);

CREATE TRIGGER "journal_report_due" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'report.due' BEGIN
  INSERT INTO "DueReport" ("name", "dueAt") VALUES (NEW."row"->>'name', NEW."row"->>'dueAt')
  ON CONFLICT ("name") DO UPDATE SET "dueAt" = excluded."dueAt";
END;
