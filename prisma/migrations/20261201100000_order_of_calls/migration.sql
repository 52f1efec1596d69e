-- Which calls came after the end of another, whatever the clock said. A column is added and the table is not made anew, because the order of the
-- rows (rowid) is what it tells of.
ALTER TABLE "Call" ADD COLUMN "newestAtEnd" INTEGER;
