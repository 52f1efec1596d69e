-- What is about us and not about one notice: which channel is ill, since when, and whom we told. Columns are added and the table is not made anew,
-- because the order of the rows (rowid) is the order of a thread.
ALTER TABLE "Notice" ADD COLUMN "copies" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Notice" ADD COLUMN "refusedAt" DATETIME;
-- when a channel last accepted something
CREATE INDEX "Notice_lane_status_sentAt_idx" ON "Notice"("lane", "status", "sentAt");

CREATE TABLE "ChannelIllness" (
    "channel" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    "toldAt" DATETIME
);

CREATE TABLE "MovedChat" (
    "channel" TEXT NOT NULL PRIMARY KEY,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "at" DATETIME NOT NULL
);
