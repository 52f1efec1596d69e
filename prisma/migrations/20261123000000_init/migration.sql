-- CreateTable
CREATE TABLE "Call" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "direction" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "line" TEXT,
    "lineName" TEXT,
    "caller" TEXT,
    "callerShown" TEXT NOT NULL,
    "callerName" TEXT,
    "arrivedAt" DATETIME NOT NULL,
    "answeredAt" DATETIME,
    "endedAt" DATETIME,
    "operator" TEXT,
    "peer" TEXT,
    "notice" TEXT NOT NULL DEFAULT 'armed',
    "verdict" TEXT,
    "reason" TEXT,
    "group" TEXT,
    "waitMs" INTEGER,
    "talkMs" INTEGER,
    "cause" INTEGER,
    "restored" BOOLEAN NOT NULL DEFAULT false,
    "configVersion" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "PathStep" (
    "callId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" TEXT NOT NULL,

    PRIMARY KEY ("callId", "seq"),
    CONSTRAINT "PathStep_callId_fkey" FOREIGN KEY ("callId") REFERENCES "Call" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Notice" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "callId" TEXT,
    "caseId" TEXT,
    "recipient" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "threadKey" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "dueAt" DATETIME NOT NULL,
    "leaseUntil" DATETIME,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "createdAt" DATETIME NOT NULL,
    "sentAt" DATETIME
);

-- CreateTable
CREATE TABLE "Case" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "caller" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "group" TEXT,
    "openedAt" DATETIME NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "lastCallId" TEXT NOT NULL,
    "lastLossAt" DATETIME NOT NULL,
    "openKey" TEXT,
    "closedAt" DATETIME,
    "closedHow" TEXT,
    "closedBy" TEXT,
    "talkMs" INTEGER
);

-- CreateTable
CREATE TABLE "Callback" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "caseId" TEXT NOT NULL,
    "callId" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "openNumber" TEXT,
    "line" TEXT NOT NULL,
    "group" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "outcome" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME NOT NULL,
    "lostAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "operator" TEXT,
    "legs" TEXT,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Campaign" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "listName" TEXT NOT NULL,
    "columns" TEXT NOT NULL,
    "delimiter" TEXT NOT NULL,
    "encoding" TEXT NOT NULL,
    "tested" BOOLEAN NOT NULL DEFAULT false,
    "waivedBy" TEXT,
    "createdAt" DATETIME NOT NULL,
    "startedAt" DATETIME,
    "resumedAt" DATETIME,
    "endedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Contact" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "campaignId" TEXT NOT NULL,
    "list" TEXT NOT NULL,
    "row" INTEGER NOT NULL,
    "number" TEXT NOT NULL,
    "timezone" TEXT,
    "values" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "note" TEXT,
    "answers" TEXT NOT NULL DEFAULT '{}',
    "dueAt" DATETIME NOT NULL,
    "claimedAt" DATETIME,
    "claimedBy" TEXT,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "Contact_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Attempt" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "contactId" TEXT NOT NULL,
    "no" INTEGER NOT NULL,
    "node" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "result" TEXT,
    "cause" INTEGER,
    "reservedAt" DATETIME NOT NULL,
    "answeredAt" DATETIME,
    "endedAt" DATETIME,
    CONSTRAINT "Attempt_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "Contact" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "TestCall" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "campaignId" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "row" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "result" TEXT,
    "requestedAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    CONSTRAINT "TestCall_campaignId_fkey" FOREIGN KEY ("campaignId") REFERENCES "Campaign" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "DoNotCall" (
    "number" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT NOT NULL,
    "detail" TEXT,
    "addedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "DialLedger" (
    "channelId" TEXT NOT NULL PRIMARY KEY,
    "number" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "trunk" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "answeredAt" DATETIME,
    "endedAt" DATETIME,
    "counts" BOOLEAN NOT NULL DEFAULT true
);

-- CreateIndex
CREATE INDEX "Call_caller_arrivedAt_idx" ON "Call"("caller", "arrivedAt");

-- CreateIndex
CREATE INDEX "Call_endedAt_idx" ON "Call"("endedAt");

-- CreateIndex
CREATE INDEX "Notice_status_dueAt_idx" ON "Notice"("status", "dueAt");

-- CreateIndex
CREATE INDEX "Notice_threadKey_recipient_status_idx" ON "Notice"("threadKey", "recipient", "status");

-- CreateIndex
CREATE INDEX "Notice_callId_idx" ON "Notice"("callId");

-- CreateIndex
CREATE UNIQUE INDEX "Case_openKey_key" ON "Case"("openKey");

-- CreateIndex
CREATE INDEX "Case_caller_closedAt_idx" ON "Case"("caller", "closedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Callback_openNumber_key" ON "Callback"("openNumber");

-- CreateIndex
CREATE INDEX "Callback_status_dueAt_idx" ON "Callback"("status", "dueAt");

-- CreateIndex
CREATE INDEX "Campaign_status_idx" ON "Campaign"("status");

-- CreateIndex
CREATE UNIQUE INDEX "Campaign_key_round_key" ON "Campaign"("key", "round");

-- CreateIndex
CREATE INDEX "Contact_campaignId_status_dueAt_row_idx" ON "Contact"("campaignId", "status", "dueAt", "row");

-- CreateIndex
CREATE INDEX "Contact_number_status_idx" ON "Contact"("number", "status");

-- CreateIndex
CREATE UNIQUE INDEX "Contact_campaignId_number_key" ON "Contact"("campaignId", "number");

-- CreateIndex
CREATE INDEX "Attempt_status_idx" ON "Attempt"("status");

-- CreateIndex
CREATE UNIQUE INDEX "Attempt_contactId_no_key" ON "Attempt"("contactId", "no");

-- CreateIndex
CREATE INDEX "TestCall_status_idx" ON "TestCall"("status");

-- CreateIndex
CREATE INDEX "DialLedger_number_at_idx" ON "DialLedger"("number", "at");

-- CreateIndex
CREATE INDEX "DialLedger_endedAt_idx" ON "DialLedger"("endedAt");

