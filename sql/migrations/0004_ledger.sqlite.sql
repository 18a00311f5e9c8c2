-- What scores add up to, as `python -m server follow` writes it.

-- The hits of all of a player's plays in a mode, failed ones too.
CREATE TABLE IF NOT EXISTS {own}api_totals (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  n300 INTEGER NOT NULL,
  n100 INTEGER NOT NULL,
  n50 INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode)
);

-- Who is first on a beatmap in a mode, and with which score.
CREATE TABLE IF NOT EXISTS {own}api_firsts (
  map_md5 VARCHAR(32) NOT NULL,
  mode INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  score_id INTEGER NOT NULL,
  PRIMARY KEY (map_md5, mode)
);
CREATE INDEX IF NOT EXISTS api_firsts_user ON api_firsts (user_id, mode, score_id);

-- What players achieved. `kind`: rank (they came to `position` with `score_id`) or lost_first (somebody else's
-- `score_id` took the first place from them). `at_ms` is when it was played, in Unix milliseconds. `epic`: 1 to 32.
CREATE TABLE IF NOT EXISTS {own}api_rank_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  kind VARCHAR(16) NOT NULL,
  score_id INTEGER NOT NULL,
  map_md5 VARCHAR(32) NOT NULL,
  mode INTEGER NOT NULL,
  position INTEGER NOT NULL,
  grade VARCHAR(8) NOT NULL,
  epic INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS api_rank_events_once ON api_rank_events (score_id, kind, user_id);
CREATE INDEX IF NOT EXISTS api_rank_events_user ON api_rank_events (user_id, at_ms);

-- The status each beatmap was last seen with, and when it was seen to be ranked, approved or loved; NULL where that
-- was before anybody looked.
CREATE TABLE IF NOT EXISTS {own}api_map_statuses (
  map_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  approved_ms INTEGER NULL,
  PRIMARY KEY (map_id)
);
CREATE INDEX IF NOT EXISTS api_map_statuses_approved ON api_map_statuses (approved_ms);

-- The players whom `api_firsts` was made without, as they are hidden.
CREATE TABLE IF NOT EXISTS {own}api_hidden (
  user_id INTEGER NOT NULL,
  PRIMARY KEY (user_id)
);

-- How far the follower is, in its only row. `turn` counts what it wrote, so that of two followers one writes.
-- `last_id` is the last score that is in these tables. Up to player `totals_to` and beatmap `boards_to` older scores
-- are in them too; NULL once all are.
CREATE TABLE IF NOT EXISTS {own}api_follower (
  id INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  totals_to INTEGER NULL,
  boards_to INTEGER NULL,
  PRIMARY KEY (id)
);
