-- The full snapshot that wrote a file last, by the first of the runs it took; null where an incremental one did. So a
-- full snapshot that was broken off goes on with what it has not written yet.
ALTER TABLE arrived ADD COLUMN written_in TEXT;
