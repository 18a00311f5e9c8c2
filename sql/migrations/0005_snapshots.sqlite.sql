-- What players' figures were, as `python -m server record` and the osu!track API write it.

-- A row only when something about the player has changed. `at_ms` in Unix milliseconds; silver grades do not count.
CREATE TABLE IF NOT EXISTS {own}api_snapshots (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  count300 INTEGER NOT NULL,
  count100 INTEGER NOT NULL,
  count50 INTEGER NOT NULL,
  playcount INTEGER NOT NULL,
  ranked_score INTEGER NOT NULL,
  total_score INTEGER NOT NULL,
  pp_rank INTEGER NOT NULL,
  country_rank INTEGER NOT NULL,
  level DOUBLE NOT NULL,
  pp_raw DOUBLE NOT NULL,
  accuracy DOUBLE NOT NULL,
  count_rank_ss INTEGER NOT NULL,
  count_rank_s INTEGER NOT NULL,
  count_rank_a INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode, at_ms)
);

-- When somebody last looked at a player. Whoever writes snapshots of one writes this row first, so that of two who do
-- it at once the second sees what the first has written.
CREATE TABLE IF NOT EXISTS {own}api_snapshot_checks (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  checked_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode)
);

-- Plays as they were when they were first seen among a player's best: played at `score_ms`, recorded at `update_ms`.
CREATE TABLE IF NOT EXISTS {own}api_top_plays (
  user_id INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  score_id INTEGER NOT NULL,
  beatmap_id INTEGER NOT NULL,
  score INTEGER NOT NULL,
  pp DOUBLE NOT NULL,
  mods INTEGER NOT NULL,
  grade VARCHAR(8) NOT NULL,
  score_ms INTEGER NOT NULL,
  update_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, mode, score_id)
);
CREATE INDEX IF NOT EXISTS api_top_plays_pp ON api_top_plays (mode, pp DESC, score_ms, score_id);
CREATE INDEX IF NOT EXISTS api_top_plays_time ON api_top_plays (mode, score_ms, pp);

-- The days whose ladders are kept. `day` counts from 1970-01-01 (UTC), `at_ms` is when they were made.
CREATE TABLE IF NOT EXISTS {own}api_days (
  day INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (day)
);

-- How many players had how many pp on a day, in steps of 1,024 pp: `above` had more than the step, `packed` says of
-- each pp on it how many had it. `country` is empty for all the world.
CREATE TABLE IF NOT EXISTS {own}api_ladders (
  mode INTEGER NOT NULL,
  country VARCHAR(32) NOT NULL,
  step INTEGER NOT NULL,
  day INTEGER NOT NULL,
  above INTEGER NOT NULL,
  packed TEXT NOT NULL,
  PRIMARY KEY (mode, country, step, day)
);

-- How far the snapshotter is, in its only row. `turn` counts what it wrote, so that of two one writes. Whoever has
-- played up to score `last_id` was looked at. `day` is the last whose round is done; `round_day` the one whose round is
-- under way, up to player `round_to`; NULL where none is.
CREATE TABLE IF NOT EXISTS {own}api_snapshotter (
  id INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  round_day INTEGER NULL,
  round_to INTEGER NULL,
  PRIMARY KEY (id)
);
