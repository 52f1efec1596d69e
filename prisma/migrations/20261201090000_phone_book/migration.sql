-- CreateTable
CREATE TABLE "BookAnswer" (
    "source" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT,
    "at" DATETIME NOT NULL,

    PRIMARY KEY ("source", "number")
);

-- CreateIndex
CREATE INDEX "BookAnswer_source_at_idx" ON "BookAnswer"("source", "at");
