-- What is due is found without reading all of it, and so is the newest record of each log: the logs themselves are long.
CREATE INDEX triggers_by_look ON triggers (look_at);
CREATE INDEX schedules_by_look ON schedules (look_at);
CREATE INDEX records_by_place ON records (chain, sequence);
