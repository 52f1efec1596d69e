-- CreateTable
CREATE TABLE "OperatorEvent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "person" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "state" TEXT NOT NULL,
    "standing" TEXT NOT NULL,
    "reason" TEXT,
    "by" TEXT NOT NULL,
    "callId" TEXT
);

-- CreateTable
CREATE TABLE "OperatorOrder" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "person" TEXT NOT NULL,
    "wish" TEXT NOT NULL,
    "reason" TEXT,
    "at" DATETIME NOT NULL,
    "doneAt" DATETIME,
    "result" TEXT
);

-- CreateIndex
CREATE INDEX "OperatorEvent_person_at_idx" ON "OperatorEvent"("person", "at");

-- CreateIndex
CREATE INDEX "OperatorEvent_at_idx" ON "OperatorEvent"("at");

-- CreateIndex
CREATE INDEX "OperatorOrder_doneAt_at_idx" ON "OperatorOrder"("doneAt", "at");

-- Written while calls go on, so it goes through the cheap view; from the other view it is handed on.
CREATE TRIGGER "journal_operator_event" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'operator.event' BEGIN
  INSERT INTO "OperatorEvent" ("id", "person", "at", "state", "standing", "reason", "by", "callId")
  VALUES (NEW."row"->>'id', NEW."row"->>'person', NEW."row"->>'at', NEW."row"->>'state', NEW."row"->>'standing',
    NEW."row"->>'reason', NEW."row"->>'by', NEW."row"->>'callId')
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER "journal_hot_operator_event" INSTEAD OF INSERT ON "journal" WHEN NEW."op" = 'operator.event' BEGIN
  INSERT INTO "journal_hot" ("op", "row") VALUES (NEW."op", NEW."row");
END;
