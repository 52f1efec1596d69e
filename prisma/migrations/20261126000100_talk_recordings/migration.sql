-- Recordings of talks: where each is, from the step that begins it to the day on which it is deleted.
CREATE TABLE "TalkRecording" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "callId" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "file" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME NOT NULL
);

CREATE INDEX "TalkRecording_status_dueAt_idx" ON "TalkRecording"("status", "dueAt");
CREATE INDEX "TalkRecording_callId_idx" ON "TalkRecording"("callId");

-- written by the database itself: whoever notes the step, and in whichever statement
CREATE TRIGGER "talk_recorded" AFTER INSERT ON "PathStep" WHEN NEW."kind" = 'talk-recorded' BEGIN
  INSERT INTO "TalkRecording" ("name", "callId", "at", "dueAt")
  VALUES (NEW."detail"->>'name', NEW."callId", NEW."at", NEW."at")
  ON CONFLICT DO NOTHING;
END;

-- what was recorded before is fetched too
INSERT INTO "TalkRecording" ("name", "callId", "at", "dueAt")
SELECT "detail"->>'name', "callId", "at", "at" FROM "PathStep" WHERE "kind" = 'talk-recorded'
ON CONFLICT DO NOTHING;
