-- Which calls are one, and over which trunk each came.
ALTER TABLE "Call" ADD COLUMN "linkedid" TEXT;
ALTER TABLE "Call" ADD COLUMN "trunk" TEXT;
UPDATE "Call" SET "linkedid" = "id";

DROP TRIGGER "journal_call_open";
CREATE TRIGGER "journal_call_open" INSTEAD OF INSERT ON "journal_hot" WHEN NEW."op" = 'call.open' BEGIN
  INSERT INTO "Call" ("id", "linkedid", "direction", "node", "trunk", "line", "lineName", "caller", "callerShown", "callerName", "arrivedAt", "notice", "restored", "configVersion", "group")
  VALUES (NEW."row"->>'id', coalesce(NEW."row"->>'linkedid', NEW."row"->>'id'), NEW."row"->>'direction', NEW."row"->>'node',
    NEW."row"->>'trunk', NEW."row"->>'line', NEW."row"->>'lineName',
    NEW."row"->>'caller', NEW."row"->>'callerShown', NEW."row"->>'callerName', NEW."row"->>'arrivedAt',
    NEW."row"->>'notice', NEW."row"->>'restored', NEW."row"->>'configVersion', NEW."row"->>'group')
  ON CONFLICT DO NOTHING;
END;
